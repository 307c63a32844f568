"""The order in which a plan is walked: the document's, and no person is asked before the evidence. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from gonogo.releases.plan import Item


def place_after_children(items: Sequence[Item], is_asked: Callable[[Item], bool]) -> list[Item]:
    """The items in their order, but each that a person is asked about behind the last item below it."""
    places = {item.id: place for place, item in enumerate(items)}
    last = dict(places)
    # A child stands behind its parent, so going backwards every child's own place is final before it is used.
    for item in reversed(items):
        if item.parent in places:
            last[item.parent] = max(last[item.parent], last[item.id])

    def find_place(item: Item) -> tuple[int, int]:
        moved = is_asked(item) and last[item.id] > places[item.id]
        # Of two boxes that end at one line, the inner one stands later and comes first.
        return (last[item.id], 1 + len(items) - places[item.id]) if moved else (places[item.id], 0)

    return sorted(items, key=find_place)
