"""What a run can do next."""

from __future__ import annotations

from datetime import datetime

import msgspec

from gonogo.releases.deciding.state import FinalVerdict


class RunCommand(msgspec.Struct, frozen=True, tag=True):
    """Run a command (or a built-in action): this is its ``attempt``, counted from 1."""

    item: str
    attempt: int


class FindOrphan(msgspec.Struct, frozen=True, tag=True):
    """A command was under way when the server went; find out what became of it."""

    item: str
    attempt: int


class AwaitOrphan(msgspec.Struct, frozen=True, tag=True):
    """A command goes on without the server that started it: wait for its end and take its exit code."""

    item: str
    attempt: int


class EndOrphan(msgspec.Struct, frozen=True, tag=True):
    """A command goes on without the server that started it, and the run does not: end it."""

    item: str
    attempt: int


class JudgeCheck(msgspec.Struct, frozen=True, tag=True):
    """Hold a command's evidence against a written expectation."""

    item: str


class EvaluateGate(msgspec.Struct, frozen=True, tag=True):
    """Hold a threshold against live samples."""

    item: str


class BeginWait(msgspec.Struct, frozen=True, tag=True):
    """Set the deadline of a wait or a soak."""

    item: str


class WaitUntil(msgspec.Struct, frozen=True, tag=True):
    """Do nothing until ``until``; look at the watched signals in between."""

    item: str
    until: datetime


class EndWait(msgspec.Struct, frozen=True, tag=True):
    """The deadline has come."""

    item: str


class AskPerson(msgspec.Struct, frozen=True, tag=True):
    """Stop until a person acts on this item."""

    item: str
    reason: str
    attempt: int = 0


class AcceptFor(msgspec.Struct, frozen=True, tag=True):
    """Tick, sign or decide in the name given when the run was started."""

    item: str
    name: str


class Capture(msgspec.Struct, frozen=True, tag=True):
    """Note what a rollback will need, before the first change."""


class DeclareNoGo(msgspec.Struct, frozen=True, tag=True):
    """The run is NO-GO because of this item."""

    item: str
    why: str


class StartRollback(msgspec.Struct, frozen=True, tag=True):
    """Begin the rollback of ``phase`` (or of the whole run)."""

    phase: str | None
    level: int | None


class FinishRollback(msgspec.Struct, frozen=True, tag=True):
    """Every command and every check of the rollback has ended."""


class Hold(msgspec.Struct, frozen=True, tag=True):
    """Go no further until a person acts on ``items``; ``reason`` and ``attempt`` are those of the question."""

    items: tuple[str, ...]
    why: str
    reason: str = ""
    attempt: int = 0


class Finish(msgspec.Struct, frozen=True, tag=True):
    """The end."""

    verdict: FinalVerdict
    why: str


class Rest(msgspec.Struct, frozen=True, tag=True):
    """Nothing to do until somebody acts."""


Move = (
    RunCommand
    | FindOrphan
    | AwaitOrphan
    | EndOrphan
    | JudgeCheck
    | EvaluateGate
    | BeginWait
    | WaitUntil
    | EndWait
    | AskPerson
    | AcceptFor
    | Capture
    | DeclareNoGo
    | StartRollback
    | FinishRollback
    | Hold
    | Finish
    | Rest
)
