"""The journal's entries as events of the house: ``release.<what happened>``."""

from __future__ import annotations

from typing import Any

from gonogo.releases.deciding.course import Course
from gonogo.releases.journal import Entry, Fact

_RENAMED = {
    "item_signed": "release.signed",
    "item_decided": "release.decided",
    "person_asked": "release.waiting",
}
_TOLD = (
    *("attempt", "outcome", "why", "exit_code", "duration_s", "until", "orphan"),
    *("reason", "decision", "name", "for", "alone", "note", "verdict", "level", "seconds", "promise_s", "items"),
)


def name_event(course: Course, fact: Fact) -> str:
    """The event that tells of this entry."""
    item = course.items.get(fact.item or "")
    if fact.name == "item_finished" and item is not None and item.kind == "gate":
        return "release.gate_judged"
    return _RENAMED.get(fact.name, f"release.{fact.name}")


def describe_event(course: Course, title: str, fact: Fact, entry: Entry) -> dict[str, Any]:
    """What listeners are told: enough for a sentence, no output and no samples.

    The head of the journal leaves the machine with it, signed where the entry is.
    """
    told = {name: fact.data[name] for name in _TOLD if name in fact.data}
    item = course.items.get(fact.item or "")
    about = {"item": item.id, "kind": item.kind, "line": item.line, "text": item.text} if item else {}
    head = {"head_seq": entry.seq, "head_hash": entry.hash}
    if entry.signature is not None:
        head |= {"signature": entry.signature, "signed_with": entry.signed_with}
    return {"title": title, "entry": entry.seq, **about, **told, **head}
