"""Walking through the doubts of a checklist at the terminal: one key each, all alike at once, undo."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import NamedTuple

from rich.text import Text

from gonogo.cli.answer_book import AnswerBook
from gonogo.cli.output import count, make_console, print_hanging, say
from gonogo.releases.adoption.apply import adopt_plan
from gonogo.releases.adoption.entries import NEEDS, Adoption, AnswerKind, Entry
from gonogo.releases.adoption.questions import (
    DOUBTS,
    Question,
    find_rivals,
    find_same_way,
    group_questions,
    is_one_of_ways,
)
from gonogo.releases.adoption.update import merge_entries, remove_entries
from gonogo.releases.plan import Plan
from gonogo.releases.reading.decode import decode_text

AROUND = 2
KEYS: dict[str, tuple[AnswerKind, str]] = {
    "r": ("run", "run it"),
    "h": ("hand", "by hand"),
    "o": ("out", "leave out"),
    "a": ("alternative", "this way, not the others"),
    "t": ("host", "typed on a host"),
    "e": ("rule", "judge by a rule"),
    "s": ("signal", "measure a signal"),
    "p": ("role", "a role does it"),
    "n": ("note", "output or a note"),
}
NAMES = dict(KEYS.values())
ASKS = {
    "out": "Why is it left out?",
    "host": "On which host (a name of [hosts])?",
    "rule": "Which rule, such as HTTP 200 or contains 'OK'?",
    "signal": "Which signal, such as 'http.error_rate < 1% over 5m'?",
    "role": "Which role?",
}

_SELDOM: dict[AnswerKind, tuple[str, ...]] = {
    "alternative": ("alternative",),
    "host": ("elsewhere", "interactive", "unknown-program"),
    "note": ("text", "example", "later", "heading", "unread"),
}
"""Answers that are only offered for these kinds of doubt."""


class Said(NamedTuple):
    """What was typed: an answer with its words, for this item or for all that are left of its kind."""

    kind: AnswerKind
    words: str
    all_alike: bool


def review_questions(plan: Plan, document: bytes, questions: Sequence[Question], book: AnswerBook) -> None:
    """Ask about every doubtful item, kind by kind; every answer is written at once."""
    groups = group_questions(questions)
    say(f"{count(len(questions), 'line asks', 'lines ask')} before anything behind it runs.")
    say("One letter answers; words after it are kept. A answers all that are left of a kind, ? explains.")
    Review(plan, document, [question for _, group in groups for question in group], book).walk()


class Review:
    """Where the walk is: the questions in order, what is answered, and what can be taken back."""

    def __init__(self, plan: Plan, document: bytes, questions: list[Question], book: AnswerBook) -> None:
        self._plan = plan
        self._lines = decode_text(document).lines
        self._questions = questions
        self._book = book
        self._settled: set[str] = set()
        self._steps: list[tuple[int, tuple[str, ...]]] = []
        self._at = 0
        self._shown = ""

    def walk(self) -> None:
        """Until every item was answered or passed over, or the input ends."""
        while self._at < len(self._questions):
            question = self._questions[self._at]
            if question.item.key in self._settled:
                self._at += 1
                continue
            self._show(question)
            if not self._ask(question):
                return
            if self._at == len(self._questions) and self._steps:
                self._offer_undo()

    def _offer_undo(self) -> None:
        say()
        if read_answer(f"  {count(len(self._settled), 'answer', 'answers')} kept. [Enter] done  [u] undo  > ") == "u":
            self._undo()

    def _show(self, question: Question) -> None:
        heading = DOUBTS.get(question.doubt or "", "Asks first")
        if heading != self._shown:
            number = len(self._list_alike(question))
            make_console().print(Text.assemble("\n", (heading, "bold"), (f"  {number} to answer", "dim")))
            self._shown = heading
        place = " › ".join(title for title in question.under if title)
        say()
        self._print(f"{self._at + 1} of {len(self._questions)}  line {question.item.line}  {place}", "dim")
        first, last = question.item.line, question.item.end_line
        for number in range(max(1, first - AROUND), min(len(self._lines), last + AROUND) + 1):
            inside = first <= number <= last
            self._print(
                f"{'>' if inside else ' '} {number:>4} │ {self._lines[number - 1]}", "bold" if inside else "dim"
            )
        self._print(f"  {question.item.why or 'A person decides whether this runs'}.", "yellow")

    def _print(self, line: str, style: str) -> None:
        print_hanging(make_console(), Text(line.expandtabs(4)[:500], style))

    def _ask(self, question: Question) -> bool:
        """One line of input; False when the walk is over."""
        offers = [f"[y] {NAMES[question.proposal]}"]
        offers += [f"[{key}] {label}" for key, (kind, label) in KEYS.items() if is_offered(kind, question)]
        tail = ["[A] all of these", "[u] undo", "[l] later", "[q] quit"]
        print_hanging(make_console(), Text("  " + "  ".join([*offers, *tail])))
        line = read_answer("  > ")
        if line is None or line in ("q", "quit"):
            return False
        if line in ("l", ""):
            self._at += line == "l"
        elif line == "u":
            self._undo()
        elif line == "?":
            explain_keys()
        else:
            self._answer(question, line)
        return True

    def _answer(self, question: Question, line: str) -> None:
        said = parse_said(line, question)
        if said is None:
            return
        needed = NEEDS.get(said.kind)
        words = said.words
        if needed and not words and not (said.kind == "out" and question.why):
            words = read_answer(f"  {ASKS[said.kind]} ") or ""
            if not words:
                return
        targets = self._list_alike(question) if said.all_alike else [question]
        if said.all_alike and said.kind in ("run", "alternative") and question.doubt == "destroys":
            say("  What destroys something is adopted one by one.")
            return
        self._keep(targets, said, words)

    def _keep(self, targets: Sequence[Question], said: Said, words: str) -> None:
        entries = [entry for target in targets for entry in self._make_entries(target, said, words)]
        refused = [
            found
            for found in adopt_plan(self._plan, Adoption(entries=tuple(entries))).findings
            if found.rule == "adoption" and found not in self._plan.findings
        ]
        if refused:
            say(f"  {refused[0].message.partition(': ')[2]}.")
            return
        self._book.save(merge_entries(self._book.read(), entries, self._plan))
        keys = tuple(entry.key for entry in entries)
        self._settled.update(keys)
        self._steps.append((self._at, keys))
        if len(keys) > 1:
            say(f"  {len(keys)} answered.")
        self._at += 1

    def _make_entries(self, question: Question, said: Said, words: str) -> list[Entry]:
        by, at = self._book.by, self._book.now()
        needed = NEEDS.get(said.kind) or "why"
        entry = question.answer(said.kind, by, at, **({needed: words} if words else {}))
        if said.kind != "alternative":
            return [entry]
        same = [each.answer("alternative", by, at) for each in find_same_way(self._questions, question)]
        why = f"Another way was chosen: line {question.item.line}."
        return [entry, *same, *(each.answer("out", by, at, why=why) for each in find_rivals(self._questions, question))]

    def _list_alike(self, question: Question) -> list[Question]:
        return [
            other for other in self._questions if other.doubt == question.doubt and other.item.key not in self._settled
        ]

    def _undo(self) -> None:
        if not self._steps:
            say("  There is nothing to undo.")
            return
        at, keys = self._steps.pop()
        self._book.save(remove_entries(self._book.read(), set(keys)))
        self._settled.difference_update(keys)
        self._at, self._shown = at, ""
        say(f"  {count(len(keys), 'answer was', 'answers were')} taken back.")


def is_offered(kind: AnswerKind, question: Question) -> bool:
    """Whether an answer is worth a place in the line; the others can be typed all the same."""
    if kind == question.proposal or kind not in question.allowed:
        return False
    if kind == "alternative" and is_one_of_ways(question):
        return True
    return kind not in _SELDOM or question.doubt in _SELDOM[kind]


def parse_said(line: str, question: Question) -> Said | None:
    """The answer in a typed line: a key with words, or A with or without a key for all that are left of a kind."""
    all_alike = line[0] == "A"
    rest = line[1:].strip() if all_alike else line
    if all_alike and not rest:
        return Said(question.proposal, "", True)
    key, _, words = rest.partition(" ")
    if key.lower() in ("y", "yes"):
        return Said(question.proposal, words.strip(), all_alike)
    known = KEYS.get(key.lower())
    if known is None or known[0] not in question.allowed:
        allowed = ", ".join(letter for letter, (kind, _) in KEYS.items() if kind in question.allowed)
        say(f"  One of y, {allowed}, A, u, l, q; ? explains.")
        return None
    return Said(known[0], words.strip(), all_alike)


def explain_keys() -> None:
    """What every key does."""
    for key, (_, label) in KEYS.items():
        say(f"  {key}  {label}")
    say("  y  take the proposal, the first one in the line")
    say("  A  the proposal for all that are left of this kind; 'A o not in staging' leaves all of them out")
    say("  u  take the last answer back;  l  later;  q  quit: what was answered is kept")


def read_answer(prompt: str) -> str | None:
    """A line of standard input without its ends; None at the end of the input."""
    sys.stdout.write(prompt)
    sys.stdout.flush()
    line = sys.stdin.readline()
    if not line:
        say()
        return None
    return line.strip()
