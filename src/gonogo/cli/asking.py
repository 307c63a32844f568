"""Asking people at the terminal: one letter, and the words after it are kept as the note."""

from __future__ import annotations

import select
import sys
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from rich.text import Text

from gonogo.cli.batch import parse_several, show_batch
from gonogo.cli.exits import CannotRun
from gonogo.cli.output import make_console, print_hanging, say, show
from gonogo.client.gonogo import Gonogo
from gonogo.releases.plan import Plan


class Answer(NamedTuple):
    """One thing a person can say. ``needs`` names the words that must go with it."""

    key: str
    label: str
    move: str
    needs: str = ""


class Said(NamedTuple):
    """What a person said: an answer, the words that go with it, and the items where there are several."""

    answer: Answer
    words: str
    items: tuple[str, ...] = ()


DONE = Answer("y", "done", "tick")
SKIP = Answer("s", "skip", "skip", "Why is it left out?")
GO = Answer("g", "GO", "go")
NO_GO = Answer("n", "NO-GO", "no_go")
HOLD = Answer("h", "HOLD", "hold")
RETRY = Answer("r", "try again", "retry")
BY_HAND = Answer("m", "done by hand", "take_over", "What did you do?")
TAKE = Answer("t", "take its result", "resolve")
LEAVE_OUT = Answer("o", "leave out", "skip", "Why is it left out?")
SEVERAL = Answer("a", "all of these", "tick_many")
RUN_IT = Answer("y", "run it", "choose")
SIGN = Answer("y", "sign", "sign")
BACK = Answer("b", "roll back", "rollback")
STOP = Answer("x", "stop: NO-GO", "stop")
LATER = Answer("l", "later", "leave")

MENUS: dict[str, tuple[Answer, ...]] = {
    "tick": (DONE, SKIP, NO_GO, LATER),
    "sign": (SIGN, SKIP, LATER),
    "decide": (GO, NO_GO, HOLD, LATER),
    "judge": (Answer("y", "as expected", "tick"), NO_GO, SKIP, LATER),
    "doubt": (RUN_IT, BY_HAND, LEAVE_OUT, STOP, LATER),
    "failed": (RETRY, BY_HAND, SKIP, BACK, STOP, LATER),
    "undecided": (GO, NO_GO, RETRY, LATER),
    "no_data": (RETRY, GO, NO_GO, LATER),
    "unknown": (TAKE, RETRY, BY_HAND, SKIP, BACK, STOP, LATER),
}
BY_MACHINE = ("command", "action", "check", "wait")
INTERRUPTED = (Answer("c", "go on", "continue"), LATER, BACK, STOP)


def ask_approval(plan: Plan) -> None:
    """Show what would happen and let a person approve it. Raises ``CannotRun`` when nobody does."""
    from gonogo.cli.findings_view import draw_findings
    from gonogo.cli.plan_view import draw_plan, draw_summary

    show(draw_summary(plan))
    if plan.findings:
        show(draw_findings(plan.findings, fold=True))
    while True:
        answer = read_line("Run it? [y] yes  [n] no  [p] show the whole plan  > ", lambda: True)
        if answer is None:
            raise CannotRun("Nobody is here to approve the plan. Look at it with `gonogo plan`, then add --yes.")
        word = answer.strip().lower()
        if word in ("y", "yes"):
            return
        if word == "p":
            show(draw_plan(plan))
        elif word in ("n", "no", ""):
            raise CannotRun("Not approved; nothing has run.")


def ask_item(asked: Any, item: Any, still_asked: Callable[[], bool], batch: Sequence[Any] = ()) -> Said | None:
    """What a person says about an item, or about several of ``batch``; None when somebody else was quicker."""
    menu = MENUS.get(asked["reason"], (LATER,))
    if item["need"] not in BY_MACHINE:
        menu = tuple(answer for answer in menu if answer is not BY_HAND)
    place = (f"  (line {item['line']}, item {item['id']})", "dim")
    say()
    print_hanging(make_console(), Text.assemble("  ", (describe_question(asked["reason"], item), "bold"), place))
    if asked["reason"] == "doubt":
        show_doubt(item)
    for criterion in item["criteria"]:
        if criterion not in item["text"]:
            say(f"    · {criterion}")
    if batch:
        say("  Open in this section; 1-3 or 1,4 with a note ticks several, a ticks all of them:")
        show_batch(batch)
    return ask_menu((SEVERAL, *menu) if batch else menu, still_asked, batch)


def show_doubt(item: Any) -> None:
    """Where the command would run, and why that is not certain."""
    host = f"on host {item['host']}; " if item["host"] else ""
    why = item["why_not"] or "a person decides whether this runs"
    print_hanging(make_console(), Text(f"    {host}{why}", "yellow"))


def ask_menu(menu: tuple[Answer, ...], still_asked: Callable[[], bool], batch: Sequence[Any] = ()) -> Said | None:
    """One of the answers, with the words that go with it. The end of the input means "later"."""
    prompt = "  " + "  ".join(f"[{answer.key}] {answer.label}" for answer in menu) + "  > "
    while still_asked():
        line = read_line(prompt, still_asked)
        if line is None:
            return Said(LATER, "") if still_asked() else None
        several = parse_several(line, batch)
        if several is not None:
            return Said(SEVERAL, several[1], several[0])
        key, _, words = line.strip().partition(" ")
        chosen = next((answer for answer in menu if answer.key == key.lower()), None)
        if chosen is None:
            say(f"  One of {', '.join(answer.key for answer in menu)}; words after the letter are kept as a note.")
            continue
        if chosen.needs and not words.strip():
            words = read_line(f"  {chosen.needs} ", still_asked) or ""
            if not words.strip():
                continue
        return Said(chosen, words.strip())
    return None


def describe_question(reason: str, item: Any) -> str:
    """What the person is asked."""
    text: str = item["command"] if item["command"] and reason in ("failed", "unknown", "doubt") else item["text"]
    role = f" ({item['role']})" if item["role"] and item["role"] not in text else ""
    asks = {
        "tick": f"Done? {text}",
        "sign": f"Signature{role}: {text}",
        "decide": text if text.startswith("GO") else f"GO or NO-GO? {text}",
        "judge": f"Is this as it should be? {text}",
        "doubt": f"Run it? {text}",
        "failed": f"It failed: {text}",
        "undecided": f"The numbers do not decide it: {text}",
        "no_data": f"There is no data for it: {text}",
        "unknown": f"How it ended is unknown: {text}",
    }
    return asks.get(reason, str(text))


def perform(gonogo: Gonogo, run: str, item: str, said: Said, name: str | None) -> None:
    """Carry out what was said. Raises ``ApiError`` when it is not allowed, or no longer."""
    releases, (answer, words, items) = gonogo.releases, said
    match answer.move:
        case "tick":
            releases.tick(run, item, words, name)
        case "sign":
            releases.sign(run, item, words)
        case "go" | "no_go" | "hold":
            releases.decide(run, item, answer.move, words)
        case "skip":
            releases.skip(run, item, words, name)
        case "retry":
            releases.retry(run, item, words, name)
        case "choose":
            releases.run_item(run, item, words, name)
        case "take_over":
            releases.take_over(run, item, words, name)
        case "tick_many":
            releases.tick_many(run, items, words, name)
        case "resolve":
            releases.resolve(run, item, words, name)
        case "rollback":
            releases.rollback(run, reason=words or None)
        case "stop":
            releases.stop(run, words)


def read_line(prompt: str, still_asked: Callable[[], bool]) -> str | None:
    """A line from standard input; None at its end, or when the question was answered elsewhere meanwhile."""
    sys.stdout.write(prompt)
    sys.stdout.flush()
    while not select.select([sys.stdin], [], [], 0.5)[0]:
        if not still_asked():
            say("answered elsewhere")
            return None
    line = sys.stdin.readline()
    if not line:
        say()
        return None
    return line
