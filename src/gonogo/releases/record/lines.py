"""What a report says, line by line, in plain words; Markdown and HTML only set it."""

from __future__ import annotations

import msgspec

from gonogo.kernel.signals import format_duration
from gonogo.releases.deciding.state import ItemState
from gonogo.releases.journal import Entry
from gonogo.releases.plan import Item
from gonogo.releases.schemas import ItemReport, Release

VERDICTS = {"go": "GO", "no_go": "NO-GO"}
_MARKS = {"passed": "x", "done": "x", "skipped": "-", "failed": "!", "undecided": "?", "no_data": "?", "unknown": "?"}
_DECISIONS = {"go": "decided GO", "no_go": "decided NO-GO", "hold": "decided to hold"}
_ACTS = {
    "started": "started the run",
    "item_skipped": "skipped it",
    "item_retried": "had it tried again",
    "item_taken_over": "did it by hand",
    "item_chosen": "chose to run it",
    "rollback_requested": "asked for the rollback",
    "rollback_started": "started the rollback",
    "rollback_finished": "finished the rollback",
    "stopped": "stopped the run",
    "failed": "called NO-GO",
    "held": "held the run",
    "finished": "finished the run",
}


_ASIDE = {"info": "to_read", "rollback": "not_needed"}
"""What nobody settles, and what is only for a way back that was not gone."""


class Line(msgspec.Struct, frozen=True):
    """One item: its mark, its text, and what happened to it."""

    mark: str
    text: str
    line: int
    told: str
    status: str
    kind: str
    evidence: tuple[str, ...] = ()


class Decision(msgspec.Struct, frozen=True):
    """One entry of the decision log."""

    at: str
    who: str
    what: str
    about: str
    why: str


def describe_title(release: Release) -> str:
    """The verdict in a word: GO, NO-GO, or how far the run has come."""
    return VERDICTS.get(release.verdict or "", release.status.replace("_", " ").upper())


def describe_line(item: ItemReport) -> Line:
    """An item as one line of the report."""
    seen = item.state
    aside = _ASIDE.get(item.kind) if seen.status == "open" else None
    return Line(
        mark=_MARKS.get(seen.status, " "),
        text=item.command or item.text,
        line=item.line,
        told=_tell(item, seen) if aside is None else "",
        status=aside or seen.status,
        kind=item.kind,
        evidence=_list_evidence(item),
    )


def _tell(item: ItemReport, seen: ItemState) -> str:
    told = []
    if seen.by:
        verb = _DECISIONS.get(seen.decision or "", {"skipped": "skipped", "chosen": "chosen"}.get(seen.status, "done"))
        told.append(f"{'signed' if item.kind == 'sign' and seen.status == 'done' else verb} by {seen.by}")
    told += [seen.note] if seen.note else []
    told += [seen.why] if seen.why else []
    told += [f"took {format_seconds(seen.duration_s)}"] if seen.duration_s is not None else []
    told += [f"attempt {seen.attempt}"] if seen.attempt > 1 else []
    told += [seen.finished_at] if seen.finished_at else []
    if not told and seen.status == "open":
        told.append(item.why_not or "open")
    return " · ".join(told)


def _list_evidence(item: ItemReport) -> tuple[str, ...]:
    if item.need not in ("command", "action") or not item.state.attempt:
        return ()
    names = ("out", "err") if item.need == "command" else ("out",)
    return tuple(f"{item.id}.{item.state.attempt}.{name}" for name in names)


def list_decisions(entries: list[Entry], items: dict[str, Item]) -> list[Decision]:
    """Everything that somebody decided, in order."""
    found = []
    for entry in entries:
        decided = _DECISIONS.get(entry.data.get("decision", "")) if entry.name == "item_decided" else None
        what = decided or _ACTS.get(entry.name)
        if what is not None:
            about = items[entry.item].text if entry.item in items else ""
            why = next((entry.data[name] for name in ("reason", "note", "why") if entry.data.get(name)), "")
            found.append(Decision(entry.at, entry.data.get("name", entry.actor_name), what, about, why))
    return found


def list_signs(release: Release) -> list[ItemReport]:
    """Every signature the checklist asks for."""
    return [item for phase in release.phases for item in phase.items if item.kind == "sign"]


def describe_rollback(release: Release) -> str:
    """The rollback's time against its promise; empty when there was none."""
    rollback = release.rollback
    if rollback is None:
        return ""
    promise = f" (promised: {format_duration(rollback.promise_s)})" if rollback.promise_s else ""
    took = format_seconds(rollback.seconds) if rollback.seconds is not None else "not finished"
    return f"Rollback: {took}{promise}. {rollback.why}".strip()


def count_things(number: int, one: str, many: str = "") -> str:
    """``1 entry``, ``2 entries``."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def format_seconds(seconds: float) -> str:
    """Short times exactly, long ones readable."""
    return f"{seconds:.2f} s" if seconds < 60 else format_duration(round(seconds))
