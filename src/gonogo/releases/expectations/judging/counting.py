"""Counts in an output: a bare number, sqlite's and psql's tables, kubectl's READY, or a number beside its noun."""

from __future__ import annotations

import re

from gonogo.releases.evidence import Evidence
from gonogo.releases.expectations.http import read_status_lines, strip_meter
from gonogo.releases.expectations.judging.answer import Answer, answer, tail
from gonogo.releases.expectations.judging.comparing import compare
from gonogo.releases.expectations.judging.rows import list_rows
from gonogo.releases.expectations.judging.summaries import Summary, read_summary
from gonogo.releases.expectations.judging.wording import find_words
from gonogo.releases.expectations.words import singular
from gonogo.releases.rules import Count

_WHOLE = re.compile(r"\s*(\d{1,3}(?:,\d{3}){1,4}|\d{1,15})\s*\Z")
_PSQL_ROWS = re.compile(r"^\((\d{1,12}) rows?\)\s*$", re.MULTILINE)
_RULE = re.compile(r"[-+|= ]{2,}\Z")
_READY = re.compile(r"(?:^|\s)(\d{1,6})/(\d{1,6})(?=\s|$)")
_FRACTION = re.compile(
    r"(?<![\w.,:/-])(\d{1,9})(?:[ \t]?/[ \t]?|[ \t](?:out[ \t])?of[ \t])(\d{1,9})(?![\w/-]|[.,]\d)", re.IGNORECASE
)
_INTEGER = re.compile(r"(?<![\w.:/-])(\d{1,3}(?:,\d{3}){1,4}|\d{1,15})(?![\w:/-]|\.\d)")
_TROUBLE = re.compile(
    r"\b(?:errors?|fail(?:ed|ures?|ing)?|fatal|exception|denied|refused|timed? ?out)\b", re.IGNORECASE
)
_FAILED = re.compile(r"(?<![\w.])([1-9]\d{0,8}) (?:tests? |specs? )?(?:failed|failing|failures?|errors?|broken)\b")
_STATES = re.compile(r"\b(?:running|ready|up|healthy|active|online|available)\b", re.IGNORECASE)
_PASSES = re.compile(
    r"\b(?:pass\w*|ok|ready|running|healthy|up|tests?|specs?|checks?|succe\w+|complete\w*|done|green|failed)\b",
    re.IGNORECASE,
)
_SUITES = re.compile(r"^[ ]*Test (?:Files|Suites):?[ ]{1,20}((?:\d{1,9} \w{1,12}(?:, | \| )?){1,6})", re.MULTILINE)
_TESTS = ("test", "spec", "assertion")
_LISTED = ("container", "service", "pod", "node", "replica", "instance", "process", "worker", "image", "volume")
_MOST_FRACTIONS = 1000
_STATUSES = range(100, 600)


def judge_count(rule: Count, evidence: Evidence) -> Answer:
    """The count that the output shows for the noun; for tests none may have failed either."""
    noun = singular(rule.noun) if rule.noun else None
    summary = read_summary(evidence.stdout, evidence.stderr) if noun in _TESTS or noun is None else None
    if summary is not None:
        return _judge_tests(rule, summary)
    text = tail(evidence.stdout) if evidence.stdout.strip() else tail(strip_meter(evidence.stderr))
    failed = _FAILED.search(text) if noun in _TESTS else None
    if failed is not None:
        return answer(False, f"expected {_write(rule)}, but the output says {failed.group()!r}", failed.group())
    if rule.total is not None and (found := _judge_fractions(rule, text)) is not None:
        return found
    seen = _find_seen(rule, noun, text)
    if seen is None:
        return Answer("no_data", f"the output shows no count of {rule.noun or 'anything'}; expected {_write(rule)}")
    if compare(float(seen), rule.op, float(rule.value)):
        return answer(True, f"{seen} {rule.noun or ''}".strip() + f", as expected: {_write(rule)}", str(seen))
    return answer(False, f"expected {_write(rule)}, got {seen}", str(seen))


def _find_seen(rule: Count, noun: str | None, text: str) -> int | None:
    if noun is None and rule.value in _STATUSES and (statuses := read_status_lines(text[:4096])):
        return statuses[-1]
    if noun in ("file", "suite") and (suites := _SUITES.search(text)) is not None:
        return sum(int(count) for count, name in re.findall(r"(\d+) (\w+)", suites[1]) if name == "passed")
    if noun is None and _WHOLE.match(text) is None and _TROUBLE.search(text):
        return None
    return find_count(text, noun, stated=_STATES.search(rule.source))


def _judge_fractions(rule: Count, text: str) -> Answer | None:
    """Every "3/3" of the output, or the rows of kubectl's READY column, against the rule's own."""
    wanted, shown = (rule.value, rule.total), f"{rule.value}/{rule.total}"
    table = "READY" in text.lstrip().split("\n", 1)[0]
    lines = [line for line in text.splitlines() if _FRACTION.search(line)][:_MOST_FRACTIONS]
    named = [line for line in lines if _PASSES.search(line)]
    found = (_FRACTION.findall(line[:400]) for line in (lines if table else named or lines))
    pairs = {(int(first), int(second)) for each in found for first, second in each}
    if not pairs:
        return None
    if pairs == {wanted}:
        return answer(True, f"the output shows {shown}, as expected", shown)
    if table and rule.value == rule.total == len(lines) and all(first == second for first, second in pairs):
        return answer(True, f"{rule.total} of {rule.total} {rule.noun or 'rows'} are ready", shown)
    wrong = next(pair for pair in sorted(pairs) if pair != wanted)
    seen = f"{wrong[0]}/{wrong[1]}"
    if not table and (wanted in pairs or not named):
        return Answer("human", f"the output shows {seen}, expected {shown}: a person decides", seen)
    return answer(False, f"expected {_write(rule)}, got {seen}", seen)


def find_count(text: str, noun: str | None, *, stated: re.Match[str] | None = None) -> int | None:
    """The count an output shows, or None when it shows none or several without a name."""
    whole = _WHOLE.match(text)
    if whole is not None:
        return _read(whole[1])
    for found in (_read_table(text, noun), _read_ready(text, noun), _count_listed(text, noun, stated)):
        if found is not None:
            return found
    beside = _find_beside(text, noun)
    if beside is not None:
        return beside
    numbers = _INTEGER.findall(text[:4096]) if noun is None else []
    return _read(numbers[0]) if len(numbers) == 1 and len(text) <= 4096 else None


def _count_listed(text: str, noun: str | None, stated: re.Match[str] | None) -> int | None:
    """The rows of ``docker ps`` or ``kubectl get nodes``, those in the state that was asked for."""
    if noun not in _LISTED:
        return None
    table = list_rows(text)
    if not table.header:
        return None
    rows = table.rows
    return len(rows) if stated is None else sum(find_words(stated.group(), row, fold=True).said for row in rows)


def find_rows(text: str) -> int:
    """How many rows a query's output shows; no output is none, and a lone count says it itself."""
    if not text.strip():
        return 0
    whole = _WHOLE.match(text)
    if whole is not None:
        return _read(whole[1])
    shown = _PSQL_ROWS.findall(text)
    if shown:
        counted = _read_table(text, None) if "count" in text[:200].lower() else None
        return int(shown[-1]) if counted is None else counted
    if re.match(r"\s*(?:empty set|0 rows|no rows|no results|\[\s*\]\s*\Z)", text, re.IGNORECASE):
        return 0
    return sum(1 for line in text.splitlines() if line.strip() and not _RULE.match(line.strip()))


def _judge_tests(rule: Count, summary: Summary) -> Answer:
    holds = compare(float(summary.passed), rule.op, float(rule.value)) and summary.failed == 0
    why = summary.describe() if holds else f"expected {_write(rule)}, got {summary.passed}"
    if summary.failed:
        why = f"{why}, {summary.failed} failed" if not holds else why
    return answer(
        holds, f"{why}, as expected: {_write(rule)}" if holds and rule.op != "==" else why, summary.describe()
    )


def _read_table(text: str, noun: str | None) -> int | None:
    lines = [line.strip().strip("|").strip() for line in text.strip().splitlines()]
    shown = _PSQL_ROWS.findall(text)
    values = [line for line in lines if line and not _RULE.match(line) and not _PSQL_ROWS.match(line)]
    if len(values) == 2 and (one := _WHOLE.match(values[1])) and not _WHOLE.match(values[0]) and " " not in values[0]:
        return _read(one[1])
    return int(shown[-1]) if shown and noun != "test" else None


def _read_ready(text: str, noun: str | None) -> int | None:
    """kubectl's READY column: of a deployment the ready replicas, of pods those that are wholly ready and running."""
    header = text.lstrip().split("\n", 1)[0]
    if noun not in ("replica", "pod", "container", "instance", "worker", "node") or "READY" not in header:
        return None
    rows = [row for row in text.lstrip().splitlines()[1:] if row.strip()]
    pairs = [(int(found[1]), int(found[2]), row) for row in rows if (found := _READY.search(row))]
    if "STATUS" in header:
        return sum(1 for ready, wanted, row in pairs if ready == wanted and " Running" in row)
    return sum(ready for ready, _, _ in pairs) if pairs else None


def _find_beside(text: str, noun: str | None) -> int | None:
    if noun is None:
        return None
    stem = re.escape(noun[:-1] if noun.endswith("y") else noun)
    before = rf"\b(\d{{1,15}}) (?:[a-z_-]{{1,30}} ){{0,2}}?{stem}"
    after = rf"\b{stem}\w{{0,4}}(?: count| total)?[\"']? ?[:=] ?(\d{{1,15}})\b"
    found = {int(digits) for pattern in (before, after) for digits in re.findall(pattern, text, re.IGNORECASE)}
    return found.pop() if len(found) == 1 else None


def _read(digits: str) -> int:
    return int(digits.replace(",", ""))


def _write(rule: Count) -> str:
    what = f"{rule.value}" if rule.op == "==" else f"{rule.op} {rule.value}"
    whole = f" of {rule.total}" if rule.total is not None and rule.total != rule.value else ""
    return f"{what}{whole} {rule.noun or ''}".rstrip()
