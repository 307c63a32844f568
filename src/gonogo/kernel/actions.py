"""Actions: moves that a checklist, the command line or another room may ask for by name, such as ``services.swap``."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from gonogo.kernel.auth.actor import Actor

if TYPE_CHECKING:
    from gonogo.kernel.kernel import Kernel


class ActionResult(msgspec.Struct, frozen=True):
    """What came of it: ``passed`` decides, ``summary`` is one sentence, ``values`` are kept for later items."""

    passed: bool
    summary: str
    values: dict[str, Any] = {}


@dataclass(frozen=True, slots=True)
class ActionCall:
    """What an action is given. ``options`` are the words of the annotation; ``say`` adds a line of live evidence."""

    kernel: Kernel
    actor: Actor
    options: Mapping[str, str]
    folder: Path
    """Where relative paths start: the folder of the checklist."""
    say: Callable[[str], None] = field(default=lambda _line: None)
    variables: Mapping[str, str] = field(default_factory=dict)
    """The shell variables of the run that asks; empty outside a run."""
    run: str | None = None
    """The release that asks, if one does."""


Action = Callable[[ActionCall], Awaitable[ActionResult]]
"""Raises a ``Problem`` when its options are wrong or nothing could be tried; a failed move is a result."""
