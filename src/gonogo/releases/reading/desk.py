"""The desk a checklist is read at: what has been understood so far of the section under the lamp."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import msgspec

from gonogo.releases.plan import Finding, Kind, Severity
from gonogo.releases.reading.alternatives import Barrier
from gonogo.releases.reading.annotations import Annotation
from gonogo.releases.reading.bindings import Bindings
from gonogo.releases.reading.directories import Entered
from gonogo.releases.reading.drafts import Draft
from gonogo.releases.reading.elsewhere import Stay, reaches
from gonogo.releases.reading.line import Line
from gonogo.releases.reading.outline import Section
from gonogo.releases.reading.presence import Presence
from gonogo.releases.reading.surroundings import Surroundings
from gonogo.releases.rules import Polarity


class Place(msgspec.Struct, eq=False):
    """Where a block stands: under which item, in which mood, behind which barrier, after which commands.

    ``runs`` is shared by neighbours: an expectation looks there for the command it judges. ``asks``: the words above
    ask to see to each of what follows.
    """

    parent: Draft | None = None
    polarity: Polarity = "good"
    barrier: Barrier | None = None
    runs: list[Draft] = msgspec.field(default_factory=list)
    under: str = ""
    asks: bool = False


@dataclass(slots=True)
class Desk:
    """Everything reading carries from block to block. ``unset`` maps variables nobody sets to the line at fault;
    ``loads``: a command above may have set more than it names. ``stays`` are the shells and clients left open,
    ``started`` the variables
    that hold the number of a process of the run, ``fence`` the fence that is read, ``entered`` a folder that
    nothing came back from.
    """

    lines: tuple[str, ...]
    bindings: Bindings
    section: Section
    drafts: list[Draft] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    unset: dict[str, int] = field(default_factory=dict)
    known: set[str] = field(default_factory=set)
    notes: list[Annotation] = field(default_factory=list)
    expecting: Draft | None = None
    choice: Barrier | None = None
    rolls_back: bool = False
    informs: bool = False
    promise_s: float | None = None
    surroundings: Surroundings = field(default_factory=Surroundings)
    presence: Presence = field(default_factory=Presence)
    started: set[str] = field(default_factory=set)
    stays: list[Stay] = field(default_factory=list)
    loads: bool = False
    fence: str = ""
    entered: Entered | None = None

    def find_stay(self) -> Stay | None:
        """The shell or client, opened above and not left yet, that what stands here is typed in."""
        while self.stays and not reaches(self.stays[-1], self.section):
            self.stays.pop()
        return self.stays[-1] if self.stays else None

    def add(self, kind: Kind, line: int, end_line: int, text: str, **fields: Any) -> Draft:
        """Put one more draft on the pile of the current section."""
        draft = Draft(kind, line, end_line, text, **fields)
        self.drafts.append(draft)
        return draft

    def put(self, kind: Kind, line: Line, place: Place, **fields: Any) -> Draft:
        """Put the draft of one line of words on the pile."""
        return self.add(kind, line.line, line.end_line, line.text, parent=place.parent, **fields)

    @contextmanager
    def undo(self, undoes: bool = True) -> Iterator[None]:
        """Read what is named as the way back of a step, wherever it stands."""
        before, self.rolls_back = self.rolls_back, self.rolls_back or undoes
        yield
        self.rolls_back = before

    def find(self, rule: str, severity: Severity, line: int, message: str) -> None:
        """Note one lint line."""
        self.findings.append(Finding(rule=rule, severity=severity, line=line, message=message))

    def enter(self, section: Section) -> None:
        """Begin a section with nothing in hand."""
        self.section, self.drafts, self.notes, self.expecting, self.choice = section, [], [], None, None
        self.rolls_back, self.informs = section.role == "rollback", section.role == "info"


def nest(place: Place, **changes: Any) -> Place:
    """The place one level further in."""
    return msgspec.structs.replace(place, **changes)
