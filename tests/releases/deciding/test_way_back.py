"""The doubts of a rollback are known before it: in the plan, so that an adoption settles them."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from gonogo.releases.adoption import Adoption, AnswerKind, Entry, adopt_plan
from gonogo.releases.adoption.from_run import collect_answers
from gonogo.releases.adoption.questions import Question, find_rivals, find_same_way, is_one_of_ways, list_questions
from gonogo.releases.deciding.course import Course
from gonogo.releases.deciding.rollback import plan_rollback
from gonogo.releases.deciding.way_back import doubt_way_back, note_words
from gonogo.releases.deciding.ways import find_doubt
from gonogo.releases.journal import Entry as Written
from gonogo.releases.plan import Item, Plan
from gonogo.releases.running.understand import Reading, understand
from tests.releases.deciding.test_rollback import make_back
from tests.releases.plans import make_plan, make_rollback

DOCUMENT = """\
# Quay
## Deploy
```bash
make deploy
```
## Rollback
### Option 1: Fast
```bash
git checkout "$GONOGO_PREVIOUS_COMMIT"
```
#### Then
```bash
make deploy
```
### Option 2: Everything
1. Open the valve
```bash
./restore.sh <copy>
./flood --all
```
### Rollback verification
- [ ] The boats can leave
"""


@pytest.fixture
def plan() -> Plan:
    return understand(Reading(document=DOCUMENT.encode(), path="quay.md"))


def list_back(plan: Plan) -> list[Item]:
    return [item for phase in plan.phases for item in phase.items if item.kind == "rollback"]


def find_question(plan: Plan, text: str) -> Question:
    return next(each for each in list_questions(plan) if text in (each.item.command or each.item.text))


def answer(question: Question, kind: AnswerKind) -> Entry:
    return question.answer(kind, "ada@quay", "2026-05-04T08:00:00.000Z")


def test_steps_in_words_and_ways_are_doubts_of_the_plan(plan: Plan) -> None:
    assert [(item.command or item.text, item.doubt) for item in list_back(plan)] == [
        ('git checkout "$GONOGO_PREVIOUS_COMMIT"', "alternative"),
        ("make deploy", "alternative"),
        ("Open the valve", "words"),
        ("./restore.sh <copy>", "placeholder"),
        ("./flood --all", "alternative"),
        ("The boats can leave", "words"),
    ]
    assert len(list_questions(plan)) == 6


def test_headings_of_a_rollback_say_which_of_its_ways_it_is() -> None:
    first = make_back("b1", make_rollback("x1"), title="Method A")
    second = make_back("b2", make_rollback("x2"), title="Method B")
    found = list_back(doubt_way_back(make_plan(first, second, make_back("b3", make_rollback("x3")))))
    assert [(item.doubt, item.why) for item in found] == [
        ("alternative", '"Method A" is one of several ways: choose one'),
        ("alternative", '"Method B" is one of several ways: choose one'),
        (None, ""),
    ]


def test_choosing_a_way_settles_the_whole_rollback_but_what_a_person_does(plan: Plan) -> None:
    questions, chosen = list_questions(plan), find_question(plan, "git checkout")
    same, others = find_same_way(questions, chosen), find_rivals(questions, chosen)
    assert [each.item.command for each in same] == ["make deploy"]
    assert [each.item.command or each.item.text for each in others] == [
        "Open the valve",
        "./restore.sh <copy>",
        "./flood --all",
    ]
    entries = [answer(each, "alternative") for each in (chosen, *same)] + [answer(each, "out") for each in others]
    after = adopt_plan(plan, Adoption(entries=tuple(entries)))
    assert [each.item.text for each in list_questions(after)] == ["The boats can leave"]
    course = Course(after)
    steps = [course.items[key] for key in plan_rollback(course, None).items]
    assert [(item.command, find_doubt(course, item)) for item in steps] == [
        ('git checkout "$GONOGO_PREVIOUS_COMMIT"', None),
        ("make deploy", None),
    ]


def test_a_way_is_chosen_by_any_of_its_steps(plan: Plan) -> None:
    questions = list_questions(plan)
    assert [is_one_of_ways(each) for each in questions] == [True, True, False, True, True, False]
    chosen = find_question(plan, "./restore.sh")
    assert [each.item.command for each in find_same_way(questions, chosen)] == ["./flood --all"]
    assert [each.item.command for each in find_rivals(questions, chosen)] == [
        'git checkout "$GONOGO_PREVIOUS_COMMIT"',
        "make deploy",
    ]


def test_words_are_for_a_person_or_left_out(plan: Plan) -> None:
    question = find_question(plan, "The boats")
    assert (question.proposal, "run" in question.allowed, "out" in question.allowed) == ("hand", False, True)
    for kind in ("hand", "out"):
        after = adopt_plan(plan, Adoption(entries=(answer(question, kind),)))
        assert question.item.id not in {each.item.id for each in list_questions(after)}


def test_lint_says_where_an_unattended_rollback_stops(plan: Plan) -> None:
    [found] = [each for each in plan.findings if each.rule == "rollback-words"]
    assert (found.severity, "(line 16, 22)" in found.message) == ("warning", True)
    entries = [answer(each, "hand") for each in list_questions(plan) if each.doubt == "words"]
    adopted = note_words(adopt_plan(replace(plan, findings=()), Adoption(entries=tuple(entries))))
    assert [(each.rule, each.severity) for each in adopted.findings] == [("rollback-words", "info")]


def write(item: str, data: dict[str, Any], name: str = "item_chosen") -> Written:
    return Written(
        run="r",
        seq=1,
        at="2026-05-04T08:00:00.000Z",
        name=name,
        item=item,
        actor="u1",
        actor_name="Ada",
        data=data,
        previous="",
    )


def test_a_way_chosen_in_a_run_is_kept_with_those_it_left_out(plan: Plan) -> None:
    ids = {(item.command or item.text): item.id for item in list_back(plan)}
    act = write(
        ids['git checkout "$GONOGO_PREVIOUS_COMMIT"'], {"also": [ids["make deploy"]], "instead": [ids["./flood --all"]]}
    )
    tick = write(ids["The boats can leave"], {}, "item_ticked")
    kept = {entry.text: entry.answer for entry in collect_answers(plan, [act, tick])}
    assert kept == {
        'git checkout "$GONOGO_PREVIOUS_COMMIT"': "run",
        "make deploy": "run",
        "./flood --all": "out",
        "The boats can leave": "hand",
    }
