"""Exact, contains and key=value: the output's own words."""

from __future__ import annotations

import re

from gonogo.releases.evidence import Evidence
from gonogo.releases.expectations.http import read_status_lines, strip_meter
from gonogo.releases.expectations.judging.answer import Answer, answer, clean, shorten
from gonogo.releases.expectations.judging.failing import judge_failing
from gonogo.releases.expectations.judging.rows import list_rows
from gonogo.releases.expectations.judging.wording import find_words, has_words
from gonogo.releases.expectations.states import FINISHED, find_contraries, is_state
from gonogo.releases.rules import Contains, Exact

_HEADER = re.compile(r"[A-Z][A-Za-z0-9]*(?:-[A-Z][A-Za-z0-9]*)+(?::|\Z)|(?:Location|Server|Vary|Allow|Date|Age):")
_FEW_WORDS = 2
_KEY_LINES = 2


def judge_exact(rule: Exact, evidence: Evidence) -> Answer:
    """The whole of stdout is the text; with a key, the value given to it is.

    A sentence may be one line of several. A text that is only part of a longer output is for a person.
    """
    if rule.key is not None:
        return _judge_key(rule, rule.key, evidence)
    seen, wanted = clean(evidence.stdout).strip(), rule.text.strip()
    if seen in (wanted, f'"{wanted}"', f"'{wanted}'") or (" " in wanted and _has_line(wanted, seen)):
        return answer(True, f"the output is {shorten(rule.text)!r}", seen)
    why = f"expected {shorten(rule.text)!r}, got {shorten(seen)!r}" if seen else _nothing(rule.text)
    if rule.asks or ("exactly" not in rule.source.lower() and _holds_among_others(wanted, seen)):
        return Answer("human", f"{why}: a person decides", shorten(seen))
    return answer(False, why, seen)


def _has_line(wanted: str, seen: str) -> bool:
    folded = wanted.split()
    return any(line.split() == folded for line in seen.splitlines() if folded[0] in line)


def _holds_among_others(wanted: str, seen: str) -> bool:
    found = find_words(wanted, seen)
    return found.said and not (wanted.isdigit() and len(seen.split()) == 1)


def judge_contains(rule: Contains, evidence: Evidence) -> Answer:
    """The text is in stdout or stderr; an expected failure needs a failing exit code as well."""
    if rule.fails:
        return judge_failing(rule, evidence)
    stdout, stderr = clean(evidence.stdout), clean(strip_meter(evidence.stderr))
    if _HEADER.match(rule.text):
        return _judge_header(rule, f"{stdout}\n{stderr}")
    if rule.every_line:
        return _judge_rows(rule, stdout)
    if rule.near is not None:
        return _judge_near(rule, rule.near, f"{stdout}\n{stderr}")
    lines = [line for line in rule.text.splitlines() if line.strip()]
    for line in lines:
        found = _judge_words(rule, line, stdout, stderr)
        if found.outcome != "pass":
            return found
    return answer(True, f"the output contains {shorten(rule.text)!r}", rule.text)


def _judge_words(rule: Contains, text: str, stdout: str, stderr: str) -> Answer:
    found = [find_words(text, output, fold=rule.fold) for output in (stdout, stderr)]
    said, denied = any(each.said for each in found), any(each.denied for each in found)
    seen = shorten(stdout.strip()[-200:])
    if not said:
        why = f"the output says that it is not {shorten(text)!r}" if denied else _missing(text, seen)
        return answer(False, why, seen)
    contrary = _find_contrary(text, stdout) if rule.fold or is_state(text) else None
    if denied or contrary is not None:
        other = repr(contrary) if contrary else "that it is not so"
        return Answer("human", f"the output contains {shorten(text)!r}, but also {other}: a person decides", seen)
    return answer(True, f"the output contains {shorten(text)!r}", text)


def _find_contrary(state: str, output: str) -> str | None:
    low = output.lower()
    near = (word for word in find_contraries(state) if word in low)
    return next((word for word in near if find_words(word, low).said), None)


def _judge_header(rule: Contains, output: str) -> Answer:
    """HTTP/2 writes header names in lower case, and a curl that shows no headers proves nothing."""
    name, colon, value = rule.text.partition(":")
    pattern = rf"^(?:< )?{re.escape(name)}:[ \t]*{re.escape(value.strip()) if colon else ''}"
    match = re.search(pattern, output, re.IGNORECASE | re.MULTILINE)
    if match is not None or has_words(rule.text, output):
        return answer(True, f"the output contains {shorten(rule.text)!r}", match.group() if match else rule.text)
    if not read_status_lines(output) and not re.search(r"^[\w-]{1,60}: ", output, re.MULTILINE):
        return Answer(
            "human", f"the output shows no HTTP headers; expected {shorten(rule.text)!r} (curl -i shows them)"
        )
    return answer(False, f"no header {shorten(rule.text)!r} in the output", shorten(output.strip()))


def _judge_near(rule: Contains, near: str, output: str) -> Answer:
    lines = [line for line in output.splitlines() if near.lower() in line.lower() and has_words(near, line, fold=True)]
    if not lines:
        return Answer("human", f"no line of the output names {near!r}; expected it to say {shorten(rule.text)!r}")
    wrong = [line for line in lines if _judge_words(rule, rule.text, line, "").outcome != "pass"]
    if not wrong:
        return answer(True, f"{near} is {shorten(rule.text)!r}", lines[0])
    if len(wrong) < len(lines):
        return Answer("human", f"only some lines on {near!r} say {shorten(rule.text)!r}: a person decides", wrong[0])
    return answer(False, f"expected {near} to be {shorten(rule.text)!r}, got {shorten(wrong[0])!r}", wrong[0])


def _judge_rows(rule: Contains, output: str) -> Answer:
    table = list_rows(output)
    if not table.rows:
        return Answer("human", f"the output has no rows; expected every one to say {shorten(rule.text)!r}")
    outcomes = [(row, _judge_words(rule, rule.text, row, "").outcome) for row in table.rows]
    wrong = [row for row, outcome in outcomes if outcome == "fail"]
    doubtful = [row for row, outcome in outcomes if outcome == "human"]
    if not wrong and not doubtful:
        return answer(True, f"every one of {len(table.rows)} rows says {shorten(rule.text)!r}", table.rows[0])
    first = wrong[0] if wrong else doubtful[0]
    why = f"{len(wrong or doubtful)} of {len(table.rows)} rows do not say {shorten(rule.text)!r}: {shorten(first)!r}"
    certain = table.header or any(_find_contrary(rule.text, row) for row in wrong)
    finished = all(any(has_words(word, row, fold=True) for word in FINISHED) for row in wrong)
    if not wrong or not certain or finished:
        return Answer("human", f"{why}: a person decides", shorten(first))
    return answer(False, why, first)


def _judge_key(rule: Exact, key: str, evidence: Evidence) -> Answer:
    pattern = rf"^[ \t]*(?:export[ \t]+|set[ \t]+|- )?[\"']?{re.escape(key)}[\"']?[ \t]*[=:][ \t]*(.*)$"
    found = re.findall(pattern, clean(evidence.stdout), re.MULTILINE)
    named = re.search(rf"\b{re.escape(key)}\b", evidence.command)
    if not found and named and len(evidence.stdout.split("\n", _KEY_LINES)) <= _KEY_LINES:
        found = [evidence.stdout] if evidence.stdout.strip() else []
    if not found:
        return Answer("no_data", f"the output does not say what {key} is; expected {rule.text!r}")
    seen = found[-1].strip().rstrip(",").strip("\"'")
    if seen == rule.text:
        return answer(True, f"{key} is {shorten(seen)!r}", seen)
    return answer(False, f"expected {key} to be {rule.text!r}, got {shorten(seen)!r}", seen)


def _missing(text: str, seen: str) -> str:
    return f"the output does not contain {shorten(text)!r}" if seen else _nothing(text)


def _nothing(text: str) -> str:
    return f"expected {shorten(text)!r}, and there was no output"
