"""Expectations: which words are one, which command's output they judge, and what a shown output has to match."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal

from gonogo.releases.expectations import compile_expectation
from gonogo.releases.expectations.foreign import match_label
from gonogo.releases.expectations.forms.http_status import is_web
from gonogo.releases.expectations.samples import is_possibility, is_sample
from gonogo.releases.hints import mentions
from gonogo.releases.reading.drafts import Draft
from gonogo.releases.rules import (
    Absence,
    Contains,
    Count,
    Every,
    Exact,
    Exit,
    HttpStatus,
    Human,
    Json,
    Number,
    Polarity,
    Rule,
    Version,
)

_LEAD = re.compile(
    r"^\W*(?:(?:expect(?:ed|s|ation)?|correct|desired)(?: (?:output|result|results|response|status|value"
    r"|exit code|state"
    r"|behaviou?r|count|number|outcome))?s?"
    r"|(?:output|response|result|outcome)s?|returns?|prints?|=>|->|→|✓|✔)\s*(?:is|are|to be)?\s*[:=—–-]?\s*",
    re.IGNORECASE,
)
# Such a label may also name a decision or a section: what stands behind it has to say what comes out.
_WEAK_LEAD = re.compile(
    r"^\W*(?:gate|validation|acceptance|acceptance criteri(?:a|on)|pass criteri(?:a|on)|pass if|success"
    r" criteri(?:a|on))\s*:\s*",
    re.IGNORECASE,
)
_SUBJECT = (
    r"(?:(?:it|this|that|you|they|these|those|all|both|each|everything|output|outputs|response|result|results|command|status"
    r"|(?:all|both|each|every one) of (?:these|them|those)|(?:all|every|each) [a-z-]+"
    r"|the (?:`[^`]{1,60}`|[\w.-]+)(?: \w+)?)\s+)?"
)
_SHOULD = re.compile(
    rf"^\W*{_SUBJECT}(?:(?:should|must|needs? to|ought to)\b|will (?:be|return|print|show|output|display"
    rf"|report|say|contain|fail)\b)"
    r"|^\W*expected\s+(?=[\d<>=`\"'{])|^\W*(?:expect|returns?|prints?|shows?|outputs?)\b|^\W*(?:=>|->|→)"
    r"|^\W*the (?:`[^`]{1,60}`|\w+) (?:column|field|header|line|row|value|state)s? (?:is|are|equals?|shows?"
    r"|reads?|says?)\b",
    re.IGNORECASE,
)
# What a person has to do, or how: no outcome.
_ORDERS = re.compile(
    r"\b(?:should|must|needs? to)(?: \w+)? (?:be (?:the (?:exact|first|last|same)|run|done|executed"
    r"|performed|called|started"
    r"|used|kept|stopped|set|changed|updated|reviewed|approved)\b|run\b|wait\b|use\b|do\b|go\b|stop\b|change\b|update\b"
    r"|edit\b|set\b|add\b|remove\b|replace\b|come\b|precede\b|happen\b|also be run\b)",
    re.IGNORECASE,
)
_VERIFY = re.compile(r"^\W*(?:verify|check|confirm|ensure|make sure)(?: that)?(?::\s*|\s+(?=no\s))", re.IGNORECASE)
_RESULT = re.compile(
    r"\d\s?/\s?\d|\d\+? (?:tests?|specs?|checks?) (?:pass|green)|\b(?:all|no) .{0,30}tests?\b", re.IGNORECASE
)
_ASIDE = re.compile(r"\((?P<words>(?:should|must|expect(?:ed|s|ing)?|will)\b[^()]{1,80})\)", re.IGNORECASE)
_LEADS = re.compile(
    r"\balready\b|\b(?:all|both|each|none|any) of (?:these|the following|them|those)\b|\b(?:the"
    r" )?following\b|\bthese\b",
    re.IGNORECASE,
)
_EACH = re.compile(
    r"\b(?:all|both|each|every one) of (?:these|the following|them|those)\b|\bthese (?:all"
    r" )?(?:should|must)\b",
    re.IGNORECASE,
)
_INTRO = re.compile(
    r"^\W*(?:(?:the|it|this|you|that|which|command|script|and|then)\s+){0,3}(?:expect\w*|correct\b|(?:should|must|will)"
    r" (?:see|get|return|print|show|output|look like|display|be|read|contain|include)"
    r"|(?:outputs?|responses?|results?|prints|returns|shows|displays)\b)[^.]{0,60}:?\W*$",
    re.IGNORECASE,
)
_LIKE = re.compile(r"\b(?:like|similar|resembl\w+|form|format|shape)\b", re.IGNORECASE)
_SAYS = re.compile(
    r"\b(?:shows?|returns?|prints?|outputs?|responds?|responses?|displays?|reports?|contains?|output)\b", re.IGNORECASE
)
_PATH = re.compile(r"(?<![\w.])/[a-z0-9_{}-]+(?:/[a-z0-9_.{}-]+)*", re.IGNORECASE)
_TESTS = re.compile(
    r"\b(?:py)?tests?\b|\bjest\b|\bmocha\b|\bvitest\b|\brspec\b|\bplaywright\b|\bcypress\b", re.IGNORECASE
)
# What is another one at every run: ages, times, dates, hashes, addresses. An output that shows them is never met again.
_VOLATILE = re.compile(
    r"\b\d+(?:\.\d+)?(?:ms|s|m|h|d|y)(?:\d+[smhd])?\b|\b\d{4}-\d\d-\d\d|\b\d\d:\d\d(?::\d\d)?\b|\b(?=[a-f]*\d)[0-9a-f]{7,40}\b"
    r"|\b[\w.-]+-[a-z0-9]{8,10}-[a-z0-9]{5}\b|\b\d{1,3}(?:\.\d{1,3}){3}\b|<[^>\n]{1,40}>|\{\{|\bx{3,}\b"
    r"|\bpid[ :=]*\d+|…|\.\.\.",
    re.IGNORECASE,
)
_ELLIPSIS = re.compile(r"^\s*(?:\.\.\.|…|\[\.\.\.\]|\(\.\.\.\)|\[…\])\s*$")
_MOST_LINES = 60


@lru_cache(maxsize=256)
def find_expectation(text: str) -> str | None:
    """The text itself when it says what a command should bring ("Expected: 15/15", "should return 200").

    None for a sample ("Example output"), for what may be seen ("You may see"), and for an order ("must be run first").
    """
    shown = text.strip()
    if not shown or is_sample(shown) or is_possibility(shown) or _orders(shown):
        return None
    if _SHOULD.match(shown) or _split_lead(shown)[0]:
        return shown
    return shown if states_result(shown) else None


def _orders(text: str) -> bool:
    return mentions(text, ("should", "must", "need")) and _ORDERS.search(text) is not None


def states_result(text: str) -> bool:
    """Whether words without a plain label can only be a result: "4/4 passing", "Verify: no CrashLoopBackOff"."""
    verify = _VERIFY.match(text) or _WEAK_LEAD.match(text)
    if verify is not None:
        rest = text[verify.end() :]
        certain = not isinstance(compile_expectation(rest), Human | Number) or _SHOULD.match(rest) is not None
        return certain and not _orders(rest)
    if len(text) > 120 or not _RESULT.search(text):
        return False
    rule = compile_expectation(text)
    return isinstance(rule, Count) and (rule.total is not None or rule.noun == "tests")


def find_leading_expectation(text: str) -> str | None:
    """The expectation in a comment that stands *before* its command: "Verify health (should be 200)".

    What is in the brackets when they say it, with the words before them where these name what is counted; otherwise
    the text itself when it is an expectation.
    """
    match = _ASIDE.search(text)
    if match is None:
        return find_expectation(text)
    return text.strip() if isinstance(compile_expectation(text), Count) else match["words"].strip()


def leads_command(text: str) -> bool:
    """Whether an expectation between two commands is about the one below: "Should be active already", "(expect 3)"."""
    return _LEADS.search(text) is not None or _ASIDE.search(text) is not None


def judges_each(text: str) -> bool:
    """Whether an expectation is about every command below it: "All of these should return 200"."""
    return _EACH.search(text) is not None


def trim_lead(text: str) -> str:
    """An expectation without "Expected:" in front."""
    return _split_lead(text)[1]


def introduces_output(text: str) -> bool:
    """Whether a line announces that what follows is expected output: "Expected output:". A sample's line does not."""
    if is_sample(text) or is_possibility(text):
        return False
    foreign = match_label(text.strip(" *_"))
    return _INTRO.match(text) is not None or (foreign is not None and not text.strip(" *_:：")[foreign.end() :].strip())


def compile_output(content: str, intro: str) -> Rule:
    """The rule of a fence that shows expected output: its lines, in any order, with as much white space as there is.

    Where the lines hold what is another one at every run (ages, dates, hashes), a person compares.
    """
    shown = content.strip()
    if not shown:
        return Human(source=intro, question=intro or "Is the output as expected?")
    rows = [row for row in shown.splitlines() if row.strip() and not _ELLIPSIS.match(row)]
    if rows and all(row.lstrip().startswith("#") for row in rows):
        return _compile_comments(rows, shown)
    if shown[0] in "{[":
        rule = compile_expectation(shown)
        if isinstance(rule, Json):
            return rule
    literal = "\n".join(rows)
    if not rows or _VOLATILE.search(literal) or _LIKE.search(intro) or len(rows) > _MOST_LINES:
        return Human(source=shown, question=f"Does the output look like this? {shown}")
    return Exact(source=shown, text=shown) if "exactly" in intro.lower() else Contains(source=shown, text=literal)


def _compile_comments(rows: list[str], shown: str) -> Rule:
    rules = [compile_words(row.lstrip("# ")) for row in rows]
    if any(isinstance(rule, Human) for rule in rules):
        return Human(source=shown, question=f"Does the output match this? {shown}")
    return rules[0] if len(rules) == 1 else Every(source=shown, rules=tuple(rules))


def find_judged(text: str, rule: Rule, runs: list[Draft]) -> tuple[Draft, Literal["command", "fence"]] | None:
    """The command whose output a line of words judges: one of the fence right above it. None is safer than a wrong one.

    A path picks the command that names it; nothing else picks one, so that no check lands on an earlier command
    because they share a word.
    """
    if not runs or isinstance(rule, Human | Absence):
        return None
    near = [run for run in runs if run.fence == runs[-1].fence] if runs[-1].fence else _list_near(runs)
    named, alone = _find_named(text, near), len(near) == 1
    scope: Literal["command", "fence"] = "command" if alone or named else "fence"
    if named is not None and isinstance(rule, HttpStatus | Number | Contains | Exact | Json | Every):
        return named, "command"
    if isinstance(rule, HttpStatus):
        calls = [run for run in near if is_web(run.command or "")]
        return (calls[0], "command") if len(calls) == 1 and not _PATH.search(text) else None
    if isinstance(rule, Count):
        tests = [run for run in near if _TESTS.search(run.command or "")]
        return (tests[-1], "command") if len(tests) == 1 and _TESTS.search(text) else None
    if isinstance(rule, Contains | Exact | Json | Every):
        stated = (isinstance(rule, Exact) and rule.key) or (alone and isinstance(rule, Contains) and rule.fold)
        return (near[-1], scope) if _SAYS.search(text) or stated else None
    return (near[-1], "command") if isinstance(rule, Exit | Version) and "exit" in text.lower() else None


def _list_near(runs: list[Draft]) -> list[Draft]:
    """The commands that stand together at the end: lines without a gap of more than one between them."""
    near = [runs[-1]]
    for run in reversed(runs[:-1]):
        if near[0].line - run.end_line > 2:
            break
        near.insert(0, run)
    return near


def compile_words(text: str, polarity: Polarity = "good", command: str = "") -> Rule:
    """What a line of words compiles to; ``command`` is the one it stands at. Other words become a person's question."""
    rule = compile_expectation(text, polarity=polarity, command=command)
    if not isinstance(rule, Human):
        return rule
    lead, shown = _split_lead(text)
    if lead and not match_label(text):
        rule = compile_expectation(shown, polarity=polarity, command=command)
    return Human(source=text, question=_ask(shown)) if isinstance(rule, Human) else rule


def compile_marked(raw: str, text: str, polarity: Polarity = "good", command: str = "") -> Rule:
    """What a line compiles to by its Markdown, whose backticks mark literals; by its plain words where that fails."""
    if "`" in raw:
        rule = compile_words(raw.strip(), polarity, command)
        if not isinstance(rule, Human):
            return rule
    return compile_words(text, polarity, command)


def _ask(shown: str) -> str:
    short = " ".join(shown.split())
    if short.endswith("?"):
        return short
    return f'Does the output match this: "{short.rstrip(" .:")}"?'


def _split_lead(text: str) -> tuple[str, str]:
    foreign = match_label(text)
    if foreign is not None and text[foreign.end() :].strip():
        return foreign.group(), text[foreign.end() :].strip()
    match = _LEAD.match(text)
    if match is None or not match.group().strip():
        return "", text.strip()
    lead = match.group().rstrip()
    shown = text[match.end() :].strip()
    return (lead, shown) if lead.endswith((":", "=", ">", "→", "—", "✓", "✔")) and shown else ("", text.strip())


def _find_named(text: str, runs: list[Draft]) -> Draft | None:
    """The one command that names a path of the text."""
    for path in (path for path in _PATH.findall(text) if len(path) > 2):
        ending = re.compile(rf"{re.escape(path)}(?![\w/-])")
        found = [run for run in runs if ending.search(run.command or "")]
        if len(found) == 1:
            return found[0]
    return None
