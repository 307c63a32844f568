"""``gonogo adopt``: answer a checklist's doubts once. No server, nothing runs."""

from __future__ import annotations

import getpass
import socket
import sys
from typing import Annotated

from cyclopts import Parameter

from gonogo.cli.adopt_review import review_questions
from gonogo.cli.answer_book import AnswerBook
from gonogo.cli.exits import CANNOT_RUN, GO
from gonogo.cli.options import AsJson, Variables, read_variables
from gonogo.cli.output import count, say, show_json, warn
from gonogo.cli.reading import File, gather_reading, read_bytes, show_unadopted
from gonogo.releases.adoption.questions import DOUBTS, Question, group_questions, list_questions
from gonogo.releases.adoption.update import find_stale, remove_entries
from gonogo.releases.plan import Plan
from gonogo.releases.running.sidecar import find_sidecar
from gonogo.releases.running.understand import understand

As = Annotated[str | None, Parameter(name="--as", help="For whom you answer; kept beside your own name.")]
Check = Annotated[bool, Parameter(help="Ask nothing: exit code 2 when a line is not adopted.")]
List = Annotated[bool, Parameter(name="--list", help="Ask nothing: print the doubts and the proposed answers.")]


def adopt(
    file: File,
    /,
    *,
    var: Variables = (),
    check: Check = False,
    list_: List = False,
    as_: As = None,
    json: AsJson = False,
) -> int:
    """Answer a checklist's doubts once: what runs, what a person does, what is left out.

    The answers are kept in FILE.gonogo.toml beside the document; commit both. Variables that a run is given with --var
    are given here as well: a line that reads one of them then raises no doubt.

    Example: gonogo adopt RELEASE.md
    """
    variables = read_variables(var)
    plan = understand(gather_reading(file, looks=not check, variables=variables))
    questions = list_questions(plan)
    if json:
        show_json([describe_question(question) for question in questions])
        return CANNOT_RUN if check and questions else GO
    if check:
        show_unadopted(plan)
        return CANNOT_RUN if questions or any(each.severity == "error" for each in plan.findings) else GO
    if list_:
        list_doubts(questions)
        return GO
    book = AnswerBook(file, name_answerer(as_))
    if not questions:
        say("Every line is adopted or certain; there is nothing to ask.")
    else:
        review_questions(plan, read_bytes(file), questions, book)
    offer_to_remove_stale(book, plan)
    left = len(list_questions(understand(gather_reading(file, variables=variables))))
    if left:
        say(count(left, "line still asks before it runs.", "lines still ask before they run."))
    elif questions:
        say(f"Adopted. Commit {find_sidecar(file).name} with {file.name}; `gonogo plan --check {file}` holds it in CI.")
    return GO


def name_answerer(as_: str | None) -> str:
    """Who answers: the account on this machine, and for whom if they say so."""
    own = f"{getpass.getuser()}@{socket.gethostname()}"
    return f"{own} for {as_}" if as_ else own


def describe_question(question: Question) -> dict[str, object]:
    """One doubtful item for other programs."""
    item = question.item
    return {
        "line": item.line,
        "text": item.command or item.text,
        "kind": item.kind,
        "under": question.under,
        "nth": question.nth,
        "key": item.key,
        "doubt": item.doubt,
        "why": item.why,
        "proposal": question.proposal,
        "answers": question.allowed,
    }


def list_doubts(questions: tuple[Question, ...]) -> None:
    """The doubts, kind by kind."""
    for doubt, group in group_questions(questions):
        say(f"{DOUBTS.get(doubt, 'Asks first')} ({len(group)})")
        for question in group:
            text = (question.item.command or question.item.text).partition("\n")[0]
            say(f"  line {question.item.line:<5} {text}")
            say(f"             {question.item.why or 'a person decides'}; proposed: {question.proposal}")
    say(f"{count(len(questions), 'line asks', 'lines ask')} first." if questions else "Nothing asks first.")


def offer_to_remove_stale(book: AnswerBook, plan: Plan) -> None:
    """Entries that match nothing any more, removed when the person says so."""
    adoption = book.read()
    stale = find_stale(plan, adoption)
    if not stale:
        return
    say(f"{count(len(stale), 'entry matches', 'entries match')} nothing in the document any more:")
    for entry in stale:
        say(f"  {entry.first_line}")
    sys.stdout.write("Remove them? [y] yes  [n] no  > ")
    sys.stdout.flush()
    if sys.stdin.readline().strip().lower() in ("y", "yes"):
        book.save(remove_entries(adoption, {entry.key for entry in stale}))
    else:
        warn("They stay; `gonogo lint` names them.")
