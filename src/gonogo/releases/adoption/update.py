"""Changing the entries of an adoption: new answers, answers taken back, entries that match nothing."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from gonogo.releases.adoption.entries import Adoption, Entry
from gonogo.releases.adoption.questions import walk_items
from gonogo.releases.plan import Plan


def merge_entries(adoption: Adoption, entries: Sequence[Entry], plan: Plan) -> Adoption:
    """The adoption with these answers in place of earlier ones to the same items, in the order of the document."""
    known = {entry.key: entry for entry in (*adoption.entries, *entries)}
    order = {item.key: number for number, (_, item, _, _) in enumerate(walk_items(plan))}
    last = len(order)
    merged = sorted(known.values(), key=lambda entry: order.get(entry.key, last))
    return Adoption(path=adoption.path, entries=tuple(merged))


def remove_entries(adoption: Adoption, keys: Collection[str]) -> Adoption:
    """The adoption without the answers to these items."""
    return Adoption(path=adoption.path, entries=tuple(entry for entry in adoption.entries if entry.key not in keys))


def find_stale(plan: Plan, adoption: Adoption) -> tuple[Entry, ...]:
    """The entries that match no item of the plan."""
    keys = {item.key for phase in plan.phases for item in phase.items}
    return tuple(entry for entry in adoption.entries if entry.key not in keys)
