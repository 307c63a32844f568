"""What a checklist says, as data: ``Plan = Phase[] → Item[]``, every item with its source lines.

Reading produces a plan and nothing else does; running, reports and pages only look things up in it.
Lines count from 1 and spans include both ends. Durations are seconds.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from gonogo.releases.rules import Rule

Kind = Literal["run", "check", "gate", "wait", "human", "sign", "rollback", "info"]
Runs = Literal["auto", "ask", "never"]
Doubt = Literal[
    "destroys",
    "placeholder",
    "unset",
    "alternative",
    "condition",
    "example",
    "later",
    "unknown-program",
    "interactive",
    "endless",
    "elsewhere",
    "text",
    "heading",
    "language",
    "not-shell",
    "comment",
    "folder",
    "unread",
    "expectation",
    "polarity",
    "signal",
    "role",
    "words",
]
PhaseRole = Literal["prepare", "deploy", "verify", "monitor", "rollback", "signoff", "followup", "info"]
Severity = Literal["error", "warning", "info"]


class Item(msgspec.Struct, frozen=True, kw_only=True):
    """One thing to run, judge, wait for, tick, sign or know.

    ``judges`` names the run item whose output a check looks at (for a whole fence: its last command, with
    ``scope`` "fence"). ``runs`` is null where nothing would run; ``why`` is a sentence a person can act on.

    ``runs`` "auto" is certain, "never" is certainly off the way, and "ask" waits for a person's word because of its
    ``doubt``. A rollback command is "never" run on the way; its ``doubt`` says whether a rollback asks before it.
    ``fence`` names the fence that a command stands in ("line 12"), or the language of a fence that is not shell.
    ``key`` names the item by its headings and its text, so that an answer outlives edits elsewhere; ``adopted`` is
    the answer that the adoption file gave to its doubt. ``starts_from`` names the fence in whose first folder a
    `cd` may be meant to start, or is "run" for the folder where the run began.
    """

    id: str
    key: str = ""
    kind: Kind
    line: int
    end_line: int
    text: str
    command: str | None = None
    judges: str | None = None
    scope: Literal["command", "fence"] = "command"
    rule: Rule | None = None
    runs: Runs | None = None
    why: str = ""
    doubt: Doubt | None = None
    adopted: str | None = None
    duration_s: float | None = None
    role: str | None = None
    fence: str | None = None
    starts_from: str | None = None
    parent: str | None = None
    expression: str | None = None
    criteria: tuple[str, ...] = ()
    binds: str | None = None
    level: int | None = None
    promise_s: float | None = None
    timeout_s: float | None = None
    retries: int = 0
    every_s: float | None = None
    host: str | None = None
    idempotent: bool = False
    action: str | None = None
    options: dict[str, str] = {}


class Phase(msgspec.Struct, frozen=True, kw_only=True):
    """A heading's worth of items. ``path`` holds the titles of the headings above it."""

    id: str
    title: str
    line: int
    items: tuple[Item, ...]
    end_line: int
    role: PhaseRole
    path: tuple[str, ...] = ()
    binds: str | None = None


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One lint line. An ``error`` blocks: the file can't be run until it is mended."""

    rule: str
    severity: Severity
    line: int
    message: str


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """Where the plan came from. ``sha256`` pins it: the hash of the document and, where there are any, its answers."""

    path: str
    sha256: str
    title: str


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that was understood of one checklist."""

    source: Source
    phases: tuple[Phase, ...]
    findings: tuple[Finding, ...]
