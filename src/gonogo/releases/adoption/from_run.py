"""The answers that people gave to a checklist's doubts while it ran, as entries of its adoption file."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from gonogo.releases.adoption.entries import Entry
from gonogo.releases.adoption.questions import Question, list_questions
from gonogo.releases.plan import Plan


class Act(Protocol):
    """What is needed of an entry of a run's journal."""

    @property
    def name(self) -> str: ...
    @property
    def item(self) -> str | None: ...
    @property
    def at(self) -> str: ...
    @property
    def actor_name(self) -> str: ...
    @property
    def data(self) -> Mapping[str, Any]: ...


def collect_answers(plan: Plan, journal: Sequence[Act]) -> tuple[Entry, ...]:
    """One entry for every doubtful item that somebody settled; the last word counts."""
    questions = {question.item.id: question for question in list_questions(plan)}
    answers: dict[str, Entry] = {}
    for act in journal:
        question = questions.get(act.item or "")
        answer = _ANSWERS.get(act.name)
        if question is None or answer is None:
            continue
        entry = answer(question, act)
        if entry is not None:
            answers[question.item.id] = entry
        answers |= _take_way(questions, question, act)
    return tuple(answers[item] for item in questions if item in answers)


def _take_way(questions: Mapping[str, Question], chosen: Question, act: Act) -> dict[str, Entry]:
    """Of a rollback's several ways, one that is chosen is chosen with its steps, and the others are left out."""
    by, why = _name(act), f"Another way was chosen: line {chosen.item.line}."
    same = {key: questions[key].answer("run", by, act.at) for key in act.data.get("also", ()) if key in questions}
    others = [questions[key] for key in act.data.get("instead", ()) if key in questions]
    return same | {other.item.id: other.answer("out", by, act.at, why=why) for other in others}


def _chosen(question: Question, act: Act) -> Entry | None:
    return question.answer("run", _name(act), act.at) if "run" in question.allowed else None


def _by_hand(question: Question, act: Act) -> Entry | None:
    # Of what waits, fails or is lost later, "by hand" was the way out once and not an answer to the doubt.
    return question.answer("hand", _name(act), act.at) if act.data.get("was") in ("open", None) else None


def _left_out(question: Question, act: Act) -> Entry | None:
    if "out" not in question.allowed:
        return None
    return question.answer("out", _name(act), act.at, why=str(act.data.get("reason", "")))


def _judged(question: Question, act: Act) -> Entry | None:
    return question.answer("hand", _name(act), act.at) if question.item.kind in ("check", "gate", "rollback") else None


def _name(act: Act) -> str:
    name = act.data.get("name")
    return act.actor_name if name in (None, act.actor_name) else f"{act.actor_name} for {name}"


_ANSWERS: dict[str, Callable[[Question, Act], Entry | None]] = {
    "item_chosen": _chosen,
    "item_taken_over": _by_hand,
    "item_skipped": _left_out,
    "item_ticked": _judged,
    "item_decided": _judged,
}
