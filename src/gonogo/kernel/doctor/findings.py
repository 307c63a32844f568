"""One line of the examination."""

from __future__ import annotations

from typing import Literal

import msgspec

Level = Literal["ok", "note", "warning", "fault"]
"""A ``note`` is worth knowing, a ``warning`` worth doing something about; a ``fault`` makes the examination fail."""


class Finding(msgspec.Struct, frozen=True):
    """What was looked at, how it stands in a sentence, and the way out where there is one."""

    what: str
    level: Level
    text: str
    way_out: str = ""


def ok(what: str, text: str) -> Finding:
    """Nothing to do."""
    return Finding(what, "ok", text)
