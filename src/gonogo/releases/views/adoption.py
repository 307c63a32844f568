"""The review of a checklist's doubts as its page shows it: by kind, each with its lines and buttons. Pure."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from gonogo.releases.adoption.entries import NEEDS, AnswerKind, Entry
from gonogo.releases.adoption.questions import DOUBTS, Question, group_questions, is_one_of_ways, list_questions
from gonogo.releases.plan import Plan
from gonogo.releases.reading.decode import decode_text
from gonogo.releases.views.plan import Line

AROUND = 2
_LABELS: dict[AnswerKind, tuple[str, str, str]] = {
    "run": ("Run it", "play", "r"),
    "hand": ("By hand", "person", "h"),
    "out": ("Leave out", "skipped", "o"),
    "alternative": ("This way, not the others", "check", "a"),
    "host": ("Runs on a host", "run", ""),
    "rule": ("Judge by a rule", "check", "e"),
    "signal": ("Measure a signal", "gate", "s"),
    "role": ("Give to a role", "sign", "p"),
    "note": ("Only output or a note", "info", "n"),
}
_SELDOM: dict[AnswerKind, tuple[str, ...]] = {
    "alternative": ("alternative",),
    "host": ("elsewhere", "interactive", "unknown-program"),
    "note": ("text", "example", "later", "heading", "unread", "language"),
}
_WORDS = {
    "out": "why it is left out",
    "host": "a name of [hosts]",
    "rule": "a rule such as HTTP 200",
    "signal": "a signal such as http.error_rate < 1% over 5m",
    "role": "a role",
}
_ONE_BY_ONE: frozenset[AnswerKind] = frozenset({"alternative", "host", "rule", "signal", "role", "run"})


class AnswerChoice(msgspec.Struct, frozen=True, kw_only=True):
    """One button. ``needs_words`` is whether the field beside it has to be filled in; ``key`` presses it."""

    kind: AnswerKind
    label: str
    icon: str
    key: str
    needs_words: bool
    is_proposal: bool = False


class ReviewRow(msgspec.Struct, frozen=True, kw_only=True):
    """One doubtful item: where it stands, the lines around it, what is doubtful, and what can be answered."""

    key: str
    line: int
    text: str
    where: str
    why: str
    is_command: bool
    before: tuple[Line, ...]
    own: tuple[Line, ...]
    after: tuple[Line, ...]
    choices: tuple[AnswerChoice, ...]
    words: str


class ReviewGroup(msgspec.Struct, frozen=True, kw_only=True):
    """All items of one kind of doubt. ``all_alike`` are the answers that can be given to all of them at once."""

    doubt: str
    title: str
    rows: tuple[ReviewRow, ...]
    all_alike: tuple[AnswerChoice, ...]


def build_review(plan: Plan, document: bytes) -> tuple[ReviewGroup, ...]:
    """What still asks, kind by kind."""
    lines = decode_text(document).lines
    return tuple(_build_group(doubt, group, lines) for doubt, group in group_questions(list_questions(plan)))


def find_last(entries: Sequence[Entry], at: str) -> tuple[Entry, ...]:
    """The answers that were given at one instant, for taking them back together."""
    return tuple(entry for entry in entries if at and entry.at == at)


def label_answer(kind: AnswerKind) -> str:
    """The answer as its button says it."""
    return _LABELS[kind][0]


def _build_group(doubt: str, group: Sequence[Question], lines: Sequence[str]) -> ReviewGroup:
    shared = set(group[0].allowed).intersection(*(question.allowed for question in group))
    proposal = group[0].proposal
    alike = [kind for kind in (proposal, "out") if kind in shared and kind not in _ONE_BY_ONE]
    return ReviewGroup(
        doubt=doubt,
        title=DOUBTS.get(doubt, "Asks first"),
        rows=tuple(_build_row(question, lines) for question in group),
        all_alike=tuple(_make_choice(kind, group[0]) for kind in dict.fromkeys(alike)) if len(group) > 1 else (),
    )


def _build_row(question: Question, lines: Sequence[str]) -> ReviewRow:
    item = question.item
    first, last = item.line, min(item.end_line, len(lines))
    kinds = [question.proposal, *(kind for kind in question.allowed if kind != question.proposal)]
    offered = [kind for kind in kinds if _is_offered(kind, question)]
    return ReviewRow(
        key=item.key,
        line=item.line,
        text=item.command or item.text,
        where=" › ".join(title for title in question.under if title),
        why=item.why or "A person decides whether this runs",
        is_command=item.command is not None,
        before=_cut(lines, max(1, first - AROUND), first - 1),
        own=_cut(lines, first, last),
        after=_cut(lines, last + 1, min(len(lines), last + AROUND)),
        choices=tuple(_make_choice(kind, question) for kind in offered),
        words="; ".join(_WORDS[kind] for kind in offered if kind in _WORDS),
    )


def _is_offered(kind: AnswerKind, question: Question) -> bool:
    if kind == "alternative" and is_one_of_ways(question):
        return True
    return kind == question.proposal or kind not in _SELDOM or question.doubt in _SELDOM[kind]


def _make_choice(kind: AnswerKind, question: Question) -> AnswerChoice:
    label, icon, key = _LABELS[kind]
    proposal = kind == question.proposal
    needs = kind in NEEDS and not (kind == "out" and bool(question.why))
    return AnswerChoice(
        kind=kind, label=label, icon=icon, key="y" if proposal else key, needs_words=needs, is_proposal=proposal
    )


def _cut(lines: Sequence[str], first: int, last: int) -> tuple[Line, ...]:
    return tuple(Line(number, lines[number - 1][:400]) for number in range(first, last + 1))
