"""Answers to the doubts of a kept checklist, and those that a run was given on its way."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Collection, Sequence
from pathlib import Path

import msgspec

from gonogo.kernel.auth.actor import Actor
from gonogo.kernel.auth.authorise import authorise
from gonogo.kernel.clock import format_instant
from gonogo.kernel.db.database import Tx
from gonogo.kernel.errors import BadInput
from gonogo.kernel.kernel import Kernel
from gonogo.releases import store
from gonogo.releases.adoption import Adoption, Entry, adopt_plan, parse_adoption, write_adoption
from gonogo.releases.adoption.entries import NEEDS
from gonogo.releases.adoption.questions import (
    Question,
    find_rivals,
    find_same_way,
    list_all_questions,
    list_questions,
)
from gonogo.releases.adoption.update import merge_entries, remove_entries
from gonogo.releases.errors import AdoptionUnreadable
from gonogo.releases.plan import Plan
from gonogo.releases.running.checklists import get_checklist, read_checklist_plan
from gonogo.releases.running.intake import Document, read_plan
from gonogo.releases.running.sidecar import SUFFIX, find_sidecar, pin_plan, read_sidecar, write_sidecar
from gonogo.releases.schemas import AdoptionRequest, AdoptionView, Checklist, GivenAnswer, QuestionView

_WRITING = threading.Lock()


async def read_adoption(kernel: Kernel, checklist: str, variables: Collection[str] = ()) -> AdoptionView:
    """What was answered for a checklist, and what still asks in a run that is given these ``variables``."""
    document, plan = await read_checklist_plan(kernel, checklist, variables)
    # A file of answers may be as large as a checklist, and parsing it takes as long.
    return await asyncio.to_thread(_describe, document, plan)


async def adopt_checklist(kernel: Kernel, actor: Actor, checklist: str, request: AdoptionRequest) -> AdoptionView:
    """Keep answers, or take some back: beside the file, or with the text. The plan has to be approved again.

    Raises BadInput for an answer that can't be given, AdoptionUnreadable for a file that has to be fixed first.
    """
    authorise(actor, "operator")
    kept = await get_checklist(kernel, checklist)
    document, _ = await read_checklist_plan(kernel, checklist)
    plan = await read_plan(kernel, msgspec.structs.replace(document, adoption=None))
    at = format_instant(kernel.clock.now())
    entries = await asyncio.to_thread(_make_entries, plan, request.answers, actor, at)
    await asyncio.to_thread(_check_entries, plan, entries)

    def merge(adoption: bytes | None) -> str:
        before = parse_adoption(adoption or b"", f"{document.path}{SUFFIX}")
        if before.findings:
            raise AdoptionUnreadable(before.findings[0].message, field="answers")
        return write_adoption(merge_entries(remove_entries(before, request.remove), entries, plan).entries)

    await _write(kernel, actor, kept, merge)
    return await read_adoption(kernel, checklist)


async def _write(kernel: Kernel, actor: Actor, kept: Checklist, merge: Callable[[bytes | None], str]) -> None:
    if kept.path is not None:
        try:
            await asyncio.to_thread(_write_file, Path(kept.path), merge)
        except OSError as error:
            raise BadInput(f"{find_sidecar(Path(kept.path))} can't be written: {error.strerror}.") from error

    def change(tx: Tx) -> None:
        markdown, adoption = store.find_text(tx, kept.id)
        text = merge(adoption.encode() if adoption is not None else None) if kept.path is None else None
        if text is not None:
            pin = pin_plan(markdown.encode(), text.encode())
            now = format_instant(tx.clock.now())
            store.update_checklist(tx, kept.id, {"adoption": text, "sha256": pin, "updated_at": now})
        tx.emit("checklist.adopted", kept.id, {"name": kept.name, "path": kept.path}, actor)

    await kernel.db.write(change)


def _write_file(path: Path, merge: Callable[[bytes | None], str]) -> None:
    with _WRITING:
        write_sidecar(path, merge(read_sidecar(path)))


def _make_entries(plan: Plan, answers: Sequence[GivenAnswer], actor: Actor, at: str) -> list[Entry]:
    questions = list_questions(plan)
    known = {question.item.key: question for question in list_all_questions(plan)}
    entries: list[Entry] = []
    for number, answer in enumerate(answers):
        question = known.get(answer.key)
        if question is None:
            raise BadInput(f"The checklist has no item with the key '{answer.key}'.", field=f"answers[{number}].key")
        entries += _make_entry(questions, question, answer, actor.name, at, number)
    return list({entry.key: entry for entry in entries}.values())


def _make_entry(
    questions: Sequence[Question], question: Question, answer: GivenAnswer, by: str, at: str, number: int
) -> list[Entry]:
    if answer.answer not in question.allowed:
        allowed = ", ".join(question.allowed) or "none"
        raise BadInput(
            f"Line {question.item.line} can't be answered with '{answer.answer}'; the answers are: {allowed}.",
            field=f"answers[{number}].answer",
        )
    fields = {name: value for name in ("why", "host", "rule", "signal", "role") if (value := getattr(answer, name))}
    needed = NEEDS.get(answer.answer)
    if needed and needed not in fields and not (needed == "why" and question.why):
        raise BadInput(f"The answer '{answer.answer}' needs '{needed}'.", field=f"answers[{number}].{needed}")
    own = question.answer(answer.answer, by, at, **fields)
    if answer.answer != "alternative":
        return [own]
    why = f"Another way was chosen: line {question.item.line}."
    same = [other.answer("alternative", by, at) for other in find_same_way(questions, question)]
    return [own, *same, *(other.answer("out", by, at, why=why) for other in find_rivals(questions, question))]


def _check_entries(plan: Plan, entries: Sequence[Entry]) -> None:
    known = set(plan.findings)
    after = adopt_plan(plan, Adoption(entries=tuple(entries)))
    refused = [finding for finding in after.findings if finding.rule == "adoption" and finding not in known]
    if refused:
        raise BadInput(f"Line {refused[0].line}: {refused[0].message.partition(': ')[2]}.", field="answers")


def _describe(document: Document, plan: Plan) -> AdoptionView:
    adoption = parse_adoption(document.adoption or b"", f"{document.path}{SUFFIX}")
    return AdoptionView(
        sha256=plan.source.sha256,
        entries=adoption.entries,
        questions=tuple(map(describe_question, list_questions(plan))),
        findings=tuple(finding for finding in plan.findings if finding.rule == "adoption"),
        toml=(document.adoption or b"").decode("utf-8", "replace"),
    )


def describe_question(question: Question) -> QuestionView:
    """One doubtful item with its proposal, for programs."""
    item = question.item
    return QuestionView(
        key=item.key,
        item=item.id,
        line=item.line,
        kind=item.kind,
        text=item.command or item.text,
        under=question.under,
        doubt=item.doubt,
        why=item.why,
        proposal=question.proposal,
        answers=question.allowed,
    )
