"""What a change would do, before it is made."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from gonogo.settings.live import LiveSettings
from gonogo.settings.validation import MASK
from gonogo.settings.views import is_equal


class Difference(msgspec.Struct, frozen=True):
    """One setting that would change; secrets are masked."""

    key: str
    before: Any
    after: Any
    restart_required: bool = False


def compare_texts(live: LiveSettings, texts: Mapping[str, str | None], environment: str) -> list[Difference]:
    """Which of these stored texts differ from what is in force; None means the inherited value."""
    values, own = live.snapshot.view(environment), live.snapshot.get_own(environment)
    found = []
    for key, text in texts.items():
        if text is None:
            if key in own:
                found.append(_tell(live, key, values[key], _find_inherited(live, key, environment)))
            continue
        after = live.codec.decode(key, text)
        if not is_equal(values[key], after):
            found.append(_tell(live, key, values[key], after))
    return found


def _find_inherited(live: LiveSettings, key: str, environment: str) -> Any:
    parent = live.environments.get(environment, "default")
    return live.snapshot.view(parent)[key]


def _tell(live: LiveSettings, key: str, before: Any, after: Any) -> Difference:
    definition = live.definitions[key]
    if definition.secret:
        return Difference(key, MASK, MASK, definition.restart_required)
    return Difference(key, before, after, definition.restart_required)
