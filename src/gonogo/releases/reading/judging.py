"""Expectations: which words are one, and which command's output it judges."""

from __future__ import annotations

import re
from typing import Literal

from gonogo.releases.expectations import compile_expectation
from gonogo.releases.reading.drafts import Draft
from gonogo.releases.rules import (
    Absence,
    Contains,
    Count,
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
    r"^\W*(?:expect(?:ed|s|ation)?(?: (?:output|result|results|response|status|value|exit code|state|behaviou?r))?s?"
    r"|(?:sample |example )?(?:output|response|result)s?|returns?|=>|->|→|✓|✔)\s*(?:is|are|to be)?\s*[:=—–-]?\s*",
    re.IGNORECASE,
)
_SHOULD = re.compile(
    r"^\W*(?:(?:it|this|you|output|response|result|command|the \w+)\s+)?(?:should|must|will|needs? to"
    r"|ought to)\b|^\W*(?:expect|returns?|prints?|shows?|outputs?)\b|^\W*(?:=>|->|→)",
    re.IGNORECASE,
)
_INTRO = re.compile(
    r"^\W*(?:the )?(?:expect\w*|you should (?:see|get)|should (?:return|print|show|output|look like|see)"
    r"|(?:sample |example )?(?:output|response|result)s?)\b"
    r"[^.]{0,60}:?\W*$",
    re.IGNORECASE,
)
_SAYS = re.compile(
    r"\b(?:shows?|returns?|prints?|outputs?|responds?|responses?|displays?|reports?|contains?|output)\b", re.IGNORECASE
)
_LITERAL = re.compile(r"[A-Z0-9][A-Z0-9_./:-]*|`[^`]+`|\"[^\"]+\"|'[^']+'")
_NO_LITERALS = frozenset({"NONE", "NOTHING", "EMPTY", "N/A", "NO", "YES", "SUCCESS", "FAILURE"})
_PATH = re.compile(r"(?<![\w.])/[a-z0-9_{}-]+(?:/[a-z0-9_.{}-]+)*", re.IGNORECASE)
_TESTS = re.compile(
    r"\b(?:py)?tests?\b|\bjest\b|\bmocha\b|\bvitest\b|\brspec\b|\bplaywright\b|\bcypress\b", re.IGNORECASE
)
_WEB = re.compile(r"\b(?:curl|http|https|wget|xh|hurl|grpcurl)\b")


def find_expectation(text: str) -> str | None:
    """The text itself when it says what a command should bring ("Expected: 15/15", "should return 200")."""
    return text.strip() or None if _SHOULD.match(text) or _split_lead(text)[0] else None


def trim_lead(text: str) -> str:
    """An expectation without "Expected:" in front."""
    return _split_lead(text)[1]


def introduces_output(text: str) -> bool:
    """Whether a line announces that what follows is expected output: "Expected output:"."""
    return _INTRO.match(text) is not None


def compile_output(content: str, intro: str) -> Rule:
    """The rule of a fence that shows expected output."""
    shown = content.strip()
    if not shown:
        return Human(source=intro, question=intro or "Is the output as expected?")
    if shown[0] in "{[":
        rule = compile_expectation(shown)
        if isinstance(rule, Json):
            return rule
    if "..." in shown or "…" in shown:
        return Human(source=shown, question=f"Does the output look like this? {shown}")
    return Exact(source=shown, text=shown) if "exactly" in intro.lower() else Contains(source=shown, text=shown)


def find_judged(text: str, rule: Rule, runs: list[Draft]) -> tuple[Draft, Literal["command", "fence"]] | None:
    """The command whose output a line of words judges, among those above it. None is safer than a wrong one."""
    if not runs or isinstance(rule, Human | Absence):
        return None
    named = _find_named(text, runs)
    if isinstance(rule, HttpStatus):
        calls = [run for run in runs if _WEB.search(run.command or "")]
        return (
            (named, "command")
            if named
            else (calls[0], "command")
            if len(calls) == 1 and not _PATH.search(text)
            else None
        )
    if isinstance(rule, Number):
        return (named, "command") if named else None
    if isinstance(rule, Count):
        tests = [run for run in runs if _TESTS.search(run.command or "")]
        return (tests[-1], "command") if tests and _TESTS.search(text) else None
    if isinstance(rule, Contains | Exact | Json):
        return (named, "command") if named else (runs[-1], "fence") if _SAYS.search(text) else None
    return (runs[-1], "command") if isinstance(rule, Exit | Version) and "exit" in text.lower() else None


def compile_words(text: str, polarity: Polarity = "good") -> Rule:
    """What a line of words compiles to; a literal behind "Expected:" is a literal, other words are never guessed at."""
    lead, shown = _split_lead(text)
    rule = compile_expectation(shown, polarity=polarity)
    if not lead or not isinstance(rule, Human) or not (_LITERAL.fullmatch(shown) or len(shown.split()) == 1):
        return rule
    whole = compile_expectation(text, polarity=polarity)
    if isinstance(whole, Human) and _LITERAL.fullmatch(shown) and shown.upper() not in _NO_LITERALS:
        return Contains(source=text, text=shown.strip("`\"'"))
    return whole


def _split_lead(text: str) -> tuple[str, str]:
    match = _LEAD.match(text)
    if match is None or not match.group().strip():
        return "", text.strip()
    lead = match.group().rstrip()
    shown = text[match.end() :].strip()
    return (lead, shown) if lead.endswith((":", "=", ">", "→", "—", "✓", "✔")) and shown else ("", text.strip())


def _find_named(text: str, runs: list[Draft]) -> Draft | None:
    paths = [path for path in _PATH.findall(text) if len(path) > 2]
    for path in paths:
        ending = re.compile(rf"{re.escape(path)}(?![\w/-])")
        found = [run for run in runs if ending.search(run.command or "")]
        if found:
            return found[-1]
    return None
