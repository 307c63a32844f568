"""Which items of a plan still ask, and what would be a sensible answer to each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import msgspec

from gonogo.releases.adoption.entries import AnswerKind, Entry
from gonogo.releases.keys import make_key
from gonogo.releases.options import are_rivals, contains, list_options
from gonogo.releases.plan import Doubt, Item, Kind, Phase, Plan

ALLOWED: dict[Kind, tuple[AnswerKind, ...]] = {
    "run": ("run", "hand", "out", "alternative", "host", "note"),
    "check": ("hand", "rule", "out", "note"),
    "gate": ("hand", "signal"),
    "wait": ("run", "out", "note"),
    "human": ("hand", "role", "out", "note"),
    "sign": ("role",),
    "rollback": ("run", "hand", "out", "alternative", "note"),
    "info": (),
}
"""The answers that an item of each kind can be given. A decision or a signature is never answered away."""

_BY_HAND: frozenset[Doubt] = frozenset(
    {"elsewhere", "interactive", "not-shell", "comment", "placeholder", "unset", "words"}
)
_NOT_NEEDED: dict[Doubt, str] = {
    "example": "It is an example.",
    "later": "It is for later.",
}
DOUBTS: dict[str, str] = {
    "destroys": "Destroys or overwrites something",
    "placeholder": "Holds a placeholder",
    "unset": "Uses a variable that nothing sets",
    "alternative": "One of several ways",
    "condition": "Depends on a condition",
    "example": "May be an example",
    "later": "May be meant for later",
    "unknown-program": "Starts a program that is not here",
    "interactive": "Needs somebody at the keyboard",
    "endless": "Does not end by itself",
    "elsewhere": "Is typed in another shell or client",
    "text": "May be output or prose",
    "heading": "Stands under a heading that leaves it open",
    "language": "Is in a language that can't be read yet",
    "not-shell": "Is not a shell command",
    "comment": "A comment gives somebody something to do",
    "folder": "May start from another folder",
    "unread": "Could not be read completely",
    "expectation": "An expectation without a rule",
    "polarity": "Good or bad news is not certain",
    "signal": "A threshold without a signal",
    "role": "A role without a person",
    "words": "A step of the rollback in words",
}
"""The heading of each kind of doubt in a review; the sentence of the item itself says the rest."""


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """One doubtful item, with how an entry would name it, what may be answered, and the proposal."""

    item: Item
    phase: Phase
    under: tuple[str, ...]
    nth: int
    allowed: tuple[AnswerKind, ...]
    proposal: AnswerKind
    why: str = ""

    @property
    def doubt(self) -> Doubt | None:
        return self.item.doubt

    def answer(self, kind: AnswerKind, by: str, at: str, **fields: str) -> Entry:
        """The entry that gives this answer."""
        if kind == "out" and not fields.get("why"):
            fields = {**fields, "why": self.why or f"Not wanted in this release process ({self.doubt or 'no doubt'})."}
        text = self.item.command or self.item.text
        return Entry(under=self.under, text=text, nth=self.nth, answer=kind, doubt=self.doubt, by=by, at=at, **fields)


def is_doubtful(item: Item) -> bool:
    """Whether a person is asked about the item before it runs, on the way or in a rollback."""
    if item.adopted is not None or item.kind == "info":
        return False
    if item.kind == "rollback":
        return item.doubt is not None
    if item.kind == "human":
        # A person does it in every run anyway.
        return item.runs == "ask"
    return item.runs == "ask" or (item.doubt is not None and item.runs != "never")


def list_questions(plan: Plan) -> tuple[Question, ...]:
    """Every doubtful item in the order of the document."""
    return tuple(question for question in list_all_questions(plan) if is_doubtful(question.item))


def list_all_questions(plan: Plan) -> tuple[Question, ...]:
    """Every item that an answer can be given to, doubtful or not."""
    return tuple(
        Question(
            item=item,
            phase=phase,
            under=under,
            nth=nth,
            allowed=list_allowed(item),
            proposal=propose(item),
            why=_NOT_NEEDED.get(item.doubt, "") if item.doubt else "",
        )
        for phase, item, under, nth in walk_items(plan)
        if ALLOWED[item.kind]
    )


def list_allowed(item: Item) -> tuple[AnswerKind, ...]:
    """What may be answered to an item: of a rollback, only what has a command can run."""
    allowed = ALLOWED[item.kind]
    if item.kind == "rollback" and item.command is None and item.action is None:
        return tuple(kind for kind in allowed if kind not in ("run", "alternative"))
    return allowed


def group_questions(questions: Sequence[Question]) -> tuple[tuple[str, tuple[Question, ...]], ...]:
    """The questions by their kind of doubt, the kinds in the order of their first line."""
    groups: dict[str, list[Question]] = {}
    for question in questions:
        groups.setdefault(question.doubt or "", []).append(question)
    return tuple((doubt, tuple(found)) for doubt, found in groups.items())


def propose(item: Item) -> AnswerKind:
    """The answer that is probably right; never one that runs what destroys or what was not typed for this shell."""
    allowed = list_allowed(item)
    if item.doubt in _NOT_NEEDED:
        wanted: AnswerKind = "out"
    elif item.doubt == "text":
        wanted = "note"
    elif item.doubt == "alternative":
        wanted = "alternative"
    elif item.doubt == "destroys" or item.doubt in _BY_HAND:
        wanted = "hand"
    elif item.doubt == "role":
        wanted = "role"
    else:
        wanted = "hand"
    return wanted if wanted in allowed else allowed[0]


def walk_items(plan: Plan) -> list[tuple[Phase, Item, tuple[str, ...], int]]:
    """Every item with its phase, the headings that its key was made with, and which of equals it is."""
    seen: Counter[tuple[str, ...]] = Counter()
    found = []
    for phase in plan.phases:
        for item in phase.items:
            text = item.command or item.text
            under = (*phase.path, phase.title)
            seen[(*under, text)] += 1
            nth = seen[(*under, text)]
            if item.key and make_key(under, text, nth) != item.key:
                # A phase without a heading shows a title that the document does not have.
                bare = (*phase.path, "")
                under = bare if make_key(bare, text, nth) == item.key else under
            found.append((phase, item, under, nth))
    return found


def find_rivals(questions: Sequence[Question], chosen: Question) -> tuple[Question, ...]:
    """The other ways when one of several is chosen: doubtful for the same reason, beside it or in a sister section."""
    return tuple(
        other
        for other in questions
        if _is_of_other_option(other, chosen)
        or (
            other.doubt == "alternative"
            and other.item.why != chosen.item.why
            and not _is_below_option(other, chosen)
            and (other.phase.id == chosen.phase.id or (other.phase.path == chosen.phase.path and other.phase.path))
        )
    )


def find_same_way(questions: Sequence[Question], chosen: Question) -> tuple[Question, ...]:
    """The other steps of the way that was chosen."""
    return tuple(
        other
        for other in questions
        if other.doubt == "alternative"
        and other.item.id != chosen.item.id
        and (
            _is_below_option(other, chosen) or (other.item.why == chosen.item.why and other.phase.id == chosen.phase.id)
        )
    )


def is_one_of_ways(question: Question) -> bool:
    """Whether it is a step of one of a rollback's several ways: choosing it can choose the whole way."""
    return "alternative" in question.allowed and question.item.kind == "rollback" and bool(list_options(question.phase))


def _is_of_other_option(other: Question, chosen: Question) -> bool:
    """In a rollback, everything below another option goes with it, whatever its own doubt is."""
    if other.item.kind != "rollback" or chosen.item.kind != "rollback":
        return False
    return "out" in other.allowed and are_rivals(list_options(chosen.phase), list_options(other.phase))


def _is_below_option(other: Question, chosen: Question) -> bool:
    mine = list_options(chosen.phase)
    return other.item.kind == "rollback" and bool(mine) and contains(mine, list_options(other.phase))
