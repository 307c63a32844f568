"""E-mail and network addresses and what looks like a secret are for administrators; others read who did what."""

from __future__ import annotations

import re
from typing import Any

import msgspec

from gonogo.kernel.events.event import Event
from gonogo.kernel.secrets.masking import Masker

_EMAIL = re.compile(r"(?<![\w.+-])([\w.+-]{1,100})@[\w.-]{1,200}")

_MASKER = Masker()


def hide_emails(event: Event) -> Event:
    """The same event with ``ann@…`` for ``ann@example.org``, no network address, and secrets masked by their shape."""
    return msgspec.structs.replace(event, actor_name=_hide(event.actor_name), address="", data=_hide(event.data))


def _hide(value: Any) -> Any:
    if isinstance(value, str):
        value = _MASKER.mask_text(value)
        return _EMAIL.sub(r"\1@…", value) if "@" in value else value
    if isinstance(value, dict):
        return {_hide(key): _hide(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_hide(one) for one in value]
    return value
