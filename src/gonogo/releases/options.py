"""Which of several ways a heading belongs to: "Option 1", "Option 2". Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from gonogo.releases.plan import Phase
from gonogo.releases.reading.alternatives import find_option

Options = Mapping[tuple[str, ...], str]


def list_options(phase: Phase) -> Options:
    """The option a phase belongs to, by the headings above that option."""
    titles = (*phase.path, phase.title)
    found = ((titles[:depth], find_option(title)) for depth, title in enumerate(titles))
    return {above: option for above, option in found if option is not None}


def are_rivals(mine: Options, theirs: Options) -> bool:
    """Whether one takes another option than the other below the same headings."""
    return any(theirs.get(above, option) != option for above, option in mine.items())


def contains(mine: Options, theirs: Options) -> bool:
    """Whether ``theirs`` belongs to the way of ``mine``, or to a way below it."""
    return mine.items() <= theirs.items()


def find_torn_options(phases: Iterable[Phase]) -> frozenset[str]:
    """The rollback phases whose options would be bound to different steps, by a word that their heading shares.

    As ways of one rollback they belong together: whoever rolls back has to be offered all of them.
    """
    groups: dict[tuple[str, ...], list[Phase]] = {}
    for phase in phases:
        options = list_options(phase) if phase.role == "rollback" else {}
        if options:
            groups.setdefault(min(options, key=len), []).append(phase)
    torn = (group for group in groups.values() if len({phase.binds for phase in group}) > 1)
    return frozenset(phase.id for group in torn for phase in group)
