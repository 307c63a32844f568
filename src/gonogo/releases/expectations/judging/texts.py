"""Exact, contains and key=value: the output's own words."""

from __future__ import annotations

import re

from gonogo.releases.evidence import Evidence
from gonogo.releases.expectations.http import strip_meter
from gonogo.releases.expectations.judging.answer import Answer, answer, clean, shorten
from gonogo.releases.expectations.judging.cors import judge_cors
from gonogo.releases.rules import Contains, Exact


def judge_exact(rule: Exact, evidence: Evidence) -> Answer:
    """The whole of stdout is the text; with a key, the value given to it is."""
    if rule.key is not None:
        return _judge_key(rule, rule.key, evidence)
    seen = clean(evidence.stdout).strip()
    if seen in (rule.text.strip(), f'"{rule.text}"'):
        return answer(True, f"the output is {shorten(rule.text)!r}", seen)
    return answer(
        False, f"expected {shorten(rule.text)!r}, got {shorten(seen)!r}" if seen else _nothing(rule.text), seen
    )


def judge_contains(rule: Contains, evidence: Evidence) -> Answer:
    """The text is in stdout or stderr; an expected failure needs a failing exit code as well."""
    if rule.fails:
        return _judge_failing(rule, evidence)
    found = rule.text in clean(evidence.stdout) or rule.text in clean(strip_meter(evidence.stderr))
    if found:
        return answer(True, f"the output contains {shorten(rule.text)!r}", rule.text)
    seen = shorten(clean(evidence.stdout).strip()[-200:])
    return answer(False, f"the output does not contain {shorten(rule.text)!r}" if seen else _nothing(rule.text), seen)


def _judge_failing(rule: Contains, evidence: Evidence) -> Answer:
    by_header = judge_cors(rule, evidence)
    if by_header is not None:
        return by_header
    said = rule.text.lower() in clean(f"{evidence.stdout}\n{strip_meter(evidence.stderr)}").lower()
    failed = evidence.exit_code != 0
    words = f"{'said' if said else 'did not say'} {shorten(rule.text)!r}"
    if failed and said:
        return answer(True, f"it failed as expected: {words}, exit code {evidence.exit_code}", rule.text)
    ended = f"failed with exit code {evidence.exit_code}" if failed else "was expected to fail and exited 0"
    return answer(False, f"it {ended}, and {words}", f"exit code {evidence.exit_code}")


def _judge_key(rule: Exact, key: str, evidence: Evidence) -> Answer:
    pattern = rf"^[ \t]*(?:export[ \t]+|set[ \t]+|- )?[\"']?{re.escape(key)}[\"']?[ \t]*[=:][ \t]*(.*)$"
    found = re.findall(pattern, clean(evidence.stdout), re.MULTILINE)
    if not found and re.search(rf"\b{re.escape(key)}\b", evidence.command) and len(evidence.stdout.split("\n")) <= 2:
        found = [evidence.stdout] if evidence.stdout.strip() else []
    if not found:
        return Answer("no_data", f"the output does not say what {key} is; expected {rule.text!r}")
    seen = found[-1].strip().rstrip(",").strip("\"'")
    if seen == rule.text:
        return answer(True, f"{key} is {shorten(seen)!r}", seen)
    return answer(False, f"expected {key} to be {rule.text!r}, got {shorten(seen)!r}", seen)


def _nothing(text: str) -> str:
    return f"expected {shorten(text)!r}, and there was no output"
