"""One fact: what happened, to what, when, by whom."""

from __future__ import annotations

from typing import Any

import msgspec


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """``name`` is ``<noun>.<past participle>``. ``seq`` is its place in the log; None for a passing notice.

    ``account`` is the person or service account behind ``actor``, ``address`` where the request came from.
    """

    name: str
    subject: str
    at: str
    id: str = ""
    seq: int | None = None
    actor: str = ""
    actor_name: str = ""
    account: str = ""
    address: str = ""
    request_id: str = ""
    data: dict[str, Any] = {}

    @property
    def topics(self) -> tuple[str, str, str]:
        """What a subscriber may name to get this event: ``release``, ``release:<subject>`` or ``*``."""
        noun = self.name.partition(".")[0]
        return noun, f"{noun}:{self.subject}", "*"
