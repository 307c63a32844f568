"""Small plans built by hand, and a player that acts out a run without machine, people or clock."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from gonogo.kernel.clock import format_instant
from gonogo.releases.deciding import moves
from gonogo.releases.deciding.course import Course
from gonogo.releases.deciding.decide import decide
from gonogo.releases.deciding.folding import apply
from gonogo.releases.deciding.rollback import find_rollback
from gonogo.releases.deciding.state import Options, RunState
from gonogo.releases.journal import GENESIS, Entry, chain_entry
from gonogo.releases.plan import Item, Phase, PhaseRole, Plan, Source
from gonogo.releases.rules import Contains, Human, Number
from gonogo.releases.running.timing import measure_rollback

START = datetime(2026, 1, 31, 12, 0, tzinfo=UTC)


def make_item(key: str, kind: str, **fields: Any) -> Item:
    """An item with a line and a text of no importance."""
    return Item(id=key, kind=kind, line=1, end_line=1, text=fields.pop("text", key), **fields)  # type: ignore[arg-type]


def make_run(key: str, command: str = "deploy", **fields: Any) -> Item:
    """A command that changes something, unless told otherwise."""
    return make_item(key, "run", command=command, **{"runs": "auto", **fields})


def make_check(key: str, judges: str, **fields: Any) -> Item:
    """An expectation on a command's output."""
    return make_item(key, "check", judges=judges, rule=Contains(source="ok", text="ok"), **fields)


def make_judged(key: str, judges: str) -> Item:
    """An expectation that only a person can judge."""
    return make_item(key, "check", judges=judges, rule=Human(source="fine", question="Is it fine?"))


def make_gate(key: str, expression: str, polarity: str = "good", signal: str = "http.errors", **fields: Any) -> Item:
    """A threshold on a signal."""
    rule = Number(source=expression, signal=signal, polarity=polarity)  # type: ignore[arg-type]
    return make_item(key, "gate", expression=expression, rule=rule, **fields)


def make_rollback(key: str, command: str = "undo", **fields: Any) -> Item:
    """A rollback command without a doubt, unless told otherwise."""
    return make_item(key, "rollback", command=command, **{"runs": "never", **fields})


def make_words(key: str, **fields: Any) -> Item:
    """A rollback's step in words."""
    return make_item(key, "rollback", **fields)


def make_phase(key: str, *items: Item, role: PhaseRole = "deploy", **fields: Any) -> Phase:
    """A phase of these items."""
    title = fields.pop("title", key)
    return Phase(id=key, title=title, line=1, end_line=1, items=items, role=role, **fields)


def make_plan(*phases: Phase) -> Plan:
    """A plan without findings."""
    return Plan(source=Source(path="checklist.md", sha256="0" * 64, title="Test"), phases=phases, findings=())


Outcomes = Callable[[str, int], dict[str, Any]]


class Player:
    """Acts out moves as the runner would and keeps the journal. ``act`` says how each attempt ends."""

    def __init__(self, course: Course, options: Options, act: Outcomes) -> None:
        self.course, self.act = course, act
        self.journal: list[Entry] = []
        self.state = RunState()
        self.now = START
        self.note("started", data={"options": {name: getattr(options, name) for name in Options.__struct_fields__}})

    def note(self, name: str, item: str | None = None, data: dict[str, Any] | None = None) -> None:
        """Append one entry and fold it."""
        previous = self.journal[-1].hash if self.journal else GENESIS
        entry = Entry(
            run="r1",
            seq=len(self.journal) + 1,
            at=format_instant(self.now),
            name=name,
            item=item,
            actor="u1",
            actor_name="Ann",
            data=data or {},
            previous=previous,
        )
        self.journal.append(chain_entry(entry))
        self.state = apply(self.state, self.journal[-1])

    def play(self, most: int = 500) -> moves.Move:
        """Go on until nothing is left to do; gives the last move."""
        for _ in range(most):
            move = decide(self.course, self.state, self.now)
            if isinstance(move, moves.Rest):
                return move
            for name, item, data in self.perform(move):
                self.note(name, item, data)
        raise AssertionError(f"still moving after {most} moves: {move}")

    def perform(self, move: moves.Move) -> Iterator[tuple[str, str | None, dict[str, Any]]]:
        """The entries a move leads to."""
        match move:
            case moves.RunCommand(item, attempt):
                of = self.course.items[item]
                resets = [check.id for check in self.course.checks.get(item, ())]
                yield "item_started", item, {"attempt": attempt, "changes": self.course.deploys(of), "resets": resets}
                yield "item_finished", item, self.act(item, attempt)
            case moves.FindOrphan(item, attempt) | moves.AwaitOrphan(item, attempt):
                yield "item_lost", item, {"attempt": attempt, "orphan": "lost"}
            case moves.EndOrphan(item, attempt):
                yield "item_finished", item, {"outcome": "failed", "why": "A person ended it."}
            case moves.JudgeCheck(item) | moves.EvaluateGate(item) | moves.EndWait(item):
                yield "item_finished", item, self.act(item, self.state.get_item(item).attempt)
            case moves.BeginWait(item):
                duration = self.course.items[item].duration_s or 0
                yield "item_started", item, {"until": format_instant(self.now + timedelta(seconds=duration))}
            case moves.WaitUntil(_, until):
                self.now = until
            case moves.AskPerson(item, reason, attempt):
                yield "person_asked", item, {"reason": reason, "attempt": attempt}
            case moves.AcceptFor(item, name):
                yield "item_ticked", item, {"name": name}
            case moves.Capture():
                yield "captured", None, {"commit": "abc"}
            case moves.DeclareNoGo(item, why):
                yield "failed", item, {"why": why}
            case moves.StartRollback(_, level):
                yield "rollback_started", None, msgspec.to_builtins(find_rollback(self.course, self.state, level))
            case moves.FinishRollback():
                yield "rollback_finished", None, measure_rollback(self.course, self.state)
            case moves.Hold(items, why, reason, attempt):
                yield "held", None, {"items": items, "why": why, "reason": reason, "attempt": attempt}
            case moves.Finish(verdict, why):
                yield "finished", None, {"verdict": verdict, "why": why}

    def names(self, name: str) -> list[str | None]:
        """The items of every entry of this name, in order."""
        return [entry.item for entry in self.journal if entry.name == name]


def pass_all(_item: str, _attempt: int) -> dict[str, Any]:
    """Everything passes."""
    return {"outcome": "passed", "exit_code": 0}


def fail_on(*failing: str, outcome: str = "failed") -> Outcomes:
    """These items end otherwise; the rest passes."""

    def act(item: str, attempt: int) -> dict[str, Any]:
        return {"outcome": outcome, "why": f"{item} broke"} if item in failing else pass_all(item, attempt)

    return act
