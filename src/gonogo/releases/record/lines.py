"""What a report says, line by line, in plain words; Markdown and HTML only set it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from gonogo.kernel.signals import format_duration
from gonogo.releases.adoption.apply import ADOPTED_BY
from gonogo.releases.deciding.state import ItemState
from gonogo.releases.journal import Entry
from gonogo.releases.plan import Item, PhaseRole
from gonogo.releases.record.excerpts import Attempt
from gonogo.releases.schemas import ItemReport, Release

VERDICTS = {"go": "GO", "no_go": "NO-GO"}
_MARKS = {"passed": "x", "done": "x", "skipped": "-", "failed": "!", "undecided": "?", "no_data": "?", "unknown": "?"}
_DECISIONS = {"go": "decided GO", "no_go": "decided NO-GO", "hold": "decided to hold"}
_ACTS = {
    "started": "started the run",
    "item_ticked": "ticked it",
    "item_signed": "signed it",
    "item_skipped": "left it out",
    "item_retried": "had it tried again",
    "item_taken_over": "did it by hand",
    "item_chosen": "chose to run it",
    "rollback_requested": "asked for the rollback",
    "rollback_started": "started the rollback",
    "rollback_finished": "finished the rollback",
    "stopped": "stopped the run",
    "failed": "called NO-GO",
    "held": "held the run",
    "resumed": "resumed the run",
    "finished": "finished the run",
}
_ASIDE = {"info": "to_read", "rollback": "not_needed"}
"""What is not settled by anybody, and what is only for a rollback that was not needed."""
_ALONE = {"one account": "one account, so no four eyes", "four eyes off": "four eyes are turned off"}
_BAD = frozenset({"failed", "undecided", "no_data", "unknown"})
_MACHINE = "system"
_NOT_A_DECISION = frozenset(
    {"item_started", "item_finished", "item_lost", "captured", "person_asked", "background_kept"}
)


class Line(msgspec.Struct, frozen=True):
    """One item: its mark, its text, and what happened to it. ``is_open`` shows its output without being asked."""

    mark: str
    text: str
    line: int
    told: str
    status: str
    kind: str
    attempts: tuple[Attempt, ...] = ()
    is_open: bool = False

    @property
    def is_command(self) -> bool:
        """Whether the text is a command."""
        return self.kind == "command"


class Section(msgspec.Struct, frozen=True):
    """One heading of the checklist, as deep as it stands there: 0 is the title itself, which is not written again."""

    depth: int
    title: str
    lines: tuple[Line, ...]


class Decision(msgspec.Struct, frozen=True):
    """One entry of the decision log."""

    at: str
    who: str
    what: str
    about: str
    why: str


class Proof(msgspec.Struct, frozen=True, kw_only=True):
    """The head of the journal, and the last entry that is signed."""

    head_seq: int
    head_hash: str
    signed_seq: int = 0
    signed_hash: str = ""
    signature: str = ""
    key: str = ""


def describe_title(release: Release) -> str:
    """The verdict in a word: GO, NO-GO, or how far the run has come."""
    return VERDICTS.get(release.verdict or "", release.status.replace("_", " ").upper())


def list_sections(release: Release, attempts: Mapping[str, tuple[Attempt, ...]]) -> tuple[Section, ...]:
    """The checklist in its own structure: headings without items stay where others stand below them."""
    above = {each.path[:depth] for each in release.phases if each.items for depth in range(1, len(each.path) + 1)}
    # The document's own title is the report's: what stands under it is not one deeper for that.
    root = all(release.title in (*phase.path, phase.title)[:1] for phase in release.phases)
    back = release.rollback
    needed = frozenset((*back.items, *back.verification)) if back is not None else frozenset()
    bad = {name for phase in release.phases for item in phase.items for name in _name_bad(item)}
    return tuple(
        Section(
            depth=len(phase.path) + (0 if root else 1),
            title=phase.title,
            lines=tuple(
                describe_line(
                    item, phase.role, attempts.get(item.id, ()), is_open=item.id in bad, is_needed=item.id in needed
                )
                for item in phase.items
            ),
        )
        for phase in release.phases
        if phase.items or (*phase.path, phase.title) in above
    )


def _name_bad(item: ItemReport) -> tuple[str, ...]:
    """An item that did not pass, and the command that it judges: their output is what a reader looks for."""
    return (item.id, item.judges or "") if item.state.status in _BAD else ()


def describe_line(
    item: ItemReport,
    role: PhaseRole = "deploy",
    attempts: tuple[Attempt, ...] = (),
    *,
    is_open: bool = False,
    is_needed: bool = False,
) -> Line:
    """An item as one line of the report."""
    seen = item.state
    aside = _find_aside(item, role) if seen.status == "open" and not is_needed else None
    return Line(
        mark=_MARKS.get(seen.status, " "),
        text=item.command or item.text,
        line=item.line,
        told=_tell(item, seen) if aside is None else _tell_adopted(item),
        status=aside or seen.status,
        kind="command" if item.need in ("command", "action") or item.kind == "run" else item.kind,
        attempts=attempts,
        is_open=is_open,
    )


def _find_aside(item: ItemReport, role: PhaseRole) -> str | None:
    if item.for_later and item.kind != "info":
        return "follow_up"
    if item.kind in _ASIDE:
        return _ASIDE[item.kind]
    return "not_needed" if role == "rollback" else None


def _tell_adopted(item: ItemReport) -> str:
    """What somebody answered to it before the run: what is left out by a person is never just to be read."""
    return item.why_not if item.why_not.startswith(ADOPTED_BY) else ""


def _tell(item: ItemReport, seen: ItemState) -> str:
    told = []
    if seen.by:
        verb = _DECISIONS.get(seen.decision or "", {"skipped": "left out", "chosen": "chosen"}.get(seen.status, "done"))
        told.append(f"{'signed' if item.kind == 'sign' and seen.status == 'done' else verb} by {seen.by}")
    told += [describe_alone(seen.alone)] if seen.alone else []
    told += [seen.note] if seen.note else []
    told += [seen.why] if seen.why else []
    told += [f"took {format_seconds(seen.duration_s)}"] if seen.duration_s is not None else []
    told += [f"attempt {seen.attempt}"] if seen.attempt > 1 else []
    told += [f"{seen.finished_at[:10]} {seen.finished_at[11:19]} UTC"] if seen.finished_at else []
    if not told and seen.status == "open":
        told.append(item.why_not)
    return " · ".join(told)


def describe_alone(alone: str) -> str:
    """Why a signature or decision is of whoever started the run."""
    return _ALONE.get(alone, alone)


def list_decisions(entries: Sequence[Entry], items: Mapping[str, Item]) -> list[Decision]:
    """Everything that somebody decided or did, in order, with every reason that they typed."""
    found = []
    for entry in entries:
        what = _name_act(entry)
        if what is not None:
            item = items.get(entry.item or "")
            about = item.text if item is not None else ""
            why = next((entry.data[name] for name in ("reason", "note", "why") if entry.data.get(name)), "")
            found.append(Decision(entry.at, entry.data.get("name", entry.actor_name), what, about, why))
    return found


def _name_act(entry: Entry) -> str | None:
    if entry.name == "item_decided":
        return _DECISIONS.get(entry.data.get("decision", ""), "decided")
    if entry.name in _ACTS:
        return _ACTS[entry.name]
    if entry.actor == _MACHINE:
        return None
    if entry.name in _NOT_A_DECISION:
        return "took its result" if entry.name == "item_finished" else None
    return entry.name.removeprefix("item_").replace("_", " ")


def list_signs(release: Release) -> list[ItemReport]:
    """Every signature the checklist asks for."""
    return [item for phase in release.phases for item in phase.items if item.kind == "sign"]


def describe_broken(release: Release) -> str:
    """What broke, by its line and its words; empty when the run did not fail at an item."""
    failed = release.failure.item if release.failure else None
    for phase in release.phases:
        for item in phase.items:
            if item.id == failed:
                return f"Line {item.line}, {phase.title or 'the checklist'}: {item.command or item.text}"
    return ""


def describe_rollback(release: Release) -> str:
    """The rollback's time against its promise; empty when there was none."""
    rollback = release.rollback
    if rollback is None:
        return ""
    took = format_seconds(rollback.seconds) if rollback.seconds is not None else "under way"
    promise = ""
    if rollback.promise_s:
        kept = rollback.seconds is None or rollback.seconds <= rollback.promise_s
        promise = f" (promised: {format_duration(rollback.promise_s)}{'' if kept else ', not kept'})"
    return f"Rollback: {took}{promise}. {rollback.why}".strip()


def find_proof(entries: Sequence[Entry]) -> Proof:
    """The journal's head and its newest signature, to be kept elsewhere."""
    if not entries:
        return Proof(head_seq=0, head_hash="")
    last = entries[-1]
    signed = next((entry for entry in reversed(entries) if entry.signature), None)
    if signed is None:
        return Proof(head_seq=last.seq, head_hash=last.hash)
    return Proof(
        head_seq=last.seq,
        head_hash=last.hash,
        signed_seq=signed.seq,
        signed_hash=signed.hash,
        signature=signed.signature or "",
        key=signed.signed_with or "",
    )


def count_things(number: int, one: str, many: str = "") -> str:
    """``1 entry``, ``2 entries``."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def format_seconds(seconds: float) -> str:
    """Short times exactly, long ones readable."""
    return f"{seconds:.2f} s" if seconds < 60 else format_duration(round(seconds))
