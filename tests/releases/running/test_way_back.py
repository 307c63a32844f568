"""An adopted checklist rolls back while nobody attends; one that is not holds at its first doubt."""

from __future__ import annotations

from pathlib import Path

import pytest

from gonogo.kernel.kernel import Kernel
from gonogo.releases import commands
from gonogo.releases.adoption import AnswerKind, write_adoption
from gonogo.releases.adoption.questions import list_questions
from gonogo.releases.record.report import make_report
from gonogo.releases.running.understand import Reading, understand
from gonogo.releases.schemas import Act
from tests.releases.conftest import ANN
from tests.releases.drive import load, start, wait_end

DOCUMENT = """\
# Quay
## Deploy
```bash
touch sluice.open
ls nothing-there
```
## Rollback
### Option 1: Fast
```bash
rm -f sluice.open
```
### Option 2: Everything
1. Open the valve
```bash
rm -r .
```
"""
ANSWERS: dict[str, AnswerKind] = {"rm -f sluice.open": "run", "Open the valve": "out", "rm -r .": "out"}


def read(answers: dict[str, AnswerKind]) -> Reading:
    bare = Reading(document=DOCUMENT.encode(), path="quay.md")
    entries = [
        question.answer(answers[text], "ada@quay", "2026-05-04T08:00:00.000Z")
        for question in list_questions(understand(bare))
        if (text := question.item.command or question.item.text) in answers
    ]
    return Reading(document=DOCUMENT.encode(), path="quay.md", adoption=write_adoption(entries).encode())


async def test_an_adopted_rollback_runs_unattended(kernel: Kernel, workdir: Path) -> None:
    plan = understand(read(ANSWERS))
    assert list_questions(plan) == ()
    state_run = await start(kernel, plan, workdir)
    state = await wait_end(kernel, state_run)
    assert state.rollback is not None
    assert (state.status, state.rollback.outcome) == ("finished", "passed"), state.why
    assert not (workdir / "sluice.open").exists()
    report = await make_report(kernel, state_run, "md")
    assert "- Open the valve — adopted by ada@quay on 2026-05-04: left out: Not wanted in this release" in report


async def test_running_a_step_of_one_way_leaves_the_others_out(kernel: Kernel, workdir: Path) -> None:
    run = await start(kernel, understand(Reading(document=DOCUMENT.encode(), path="quay.md")), workdir)
    held = await wait_end(kernel, run)
    assert held.asked is not None
    await commands.choose_item(kernel, ANN, run, held.asked.item, Act(note="the fast way"))
    state = await wait_end(kernel, run)
    assert state.rollback is not None
    assert (state.status, state.rollback.outcome) == ("finished", "passed"), state.why
    course = (await load(kernel, run)).course
    left = {course.items[key].text for key in state.rollback.items if state.get_item(key).status == "skipped"}
    assert left == {"Open the valve", "rm -r ."}


@pytest.mark.parametrize("left", ["rm -f sluice.open", "Open the valve", "rm -r ."])
async def test_what_is_not_adopted_holds_the_rollback(kernel: Kernel, workdir: Path, left: str) -> None:
    answers = {text: answer for text, answer in ANSWERS.items() if text != left}
    run = await start(kernel, understand(read(answers)), workdir)
    state = await wait_end(kernel, run)
    assert state.status == "held"
    assert left in state.why


async def test_words_that_a_person_does_hold_it_where_the_review_said(kernel: Kernel, workdir: Path) -> None:
    plan = understand(read({**ANSWERS, "Open the valve": "hand"}))
    assert list_questions(plan) == ()
    assert [found.severity for found in plan.findings if found.rule == "rollback-words"] == ["info"]
    run = await start(kernel, plan, workdir)
    state = await wait_end(kernel, run)
    assert (state.status, (await load(kernel, run)).course.items[state.asked.item].text if state.asked else None) == (
        "held",
        "Open the valve",
    )
