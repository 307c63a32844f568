"""``should return empty``, ``No output``, ``no errors``, ``0 rows``, ``No 500 errors``: what must not be there.

Only what can be seen in a command's output: "no critical bugs" or "no memory leaks" are for a person.
"""

from __future__ import annotations

import re

from gonogo.releases.expectations.phrase import Phrase
from gonogo.releases.hints import mentions
from gonogo.releases.rules import Absence

_EMPTY = re.compile(
    r"(?:(?:the )?(?:output|result|response|list|stdout)s? (?:is |are |should be |must be )?)?(?:an? )?"
    r"(?:(?:completely )?(?:empty|nothing|blank)(?: (?:output|result|results|set|list|response))?"
    r"|no output(?: expected| at all)?)(?: \([^)]{0,80}\))?\Z"
)
_WHAT = (
    r"(?P<what>(?:(?:startup|fatal|critical|connection|syntax|lint|type|build|import|compile|compilation|validation)"
    r" |[45](?:\d\d|xx) )?errors?(?: messages?| lines?)?|warnings?|exceptions?|tracebacks?|stack ?traces?"
    r"|failures?|failed(?: tests?)?|failing tests?|test failures?|tests? fail(?:ed|ing)?"
    r"|duplicates?|duplicate (?:rows|keys|entries|records)|(?:matching )?rows?|results?|matches|records?|lines?)"
)
_SEEN = (
    r"(?: (?:are |is |should be |were )?(?:found|returned|reported|expected|present|shown|logged|detected"
    r"|occur(?:red)?))?"
    r"(?: (?:in|from|on) (?:the |any )?(?:\w+ )?(?:logs?|output|result|results|stdout|stderr|log files?|table"
    r"|query|build))?"
    r"(?: \([^)]{0,80}\))?\Z"
)
_NONE = re.compile(
    rf"(?:there (?:are|is|should be) )?(?:no|zero|0|without(?: any)?) (?:other |new |more )?{_WHAT}{_SEEN}"
)
_WITHOUT = re.compile(
    r"(?:the )?(?:build|command|script|it|tests?|migrations?|install(?:ation)?|startup|compilation|deploy(?:ment)?)s?"
    r" (?:completes?|finish(?:es)?|runs?|starts?|succeeds?|passes|pass|exits?|executes?) (?:with no|without(?: any)?) "
    rf"{_WHAT}\Z"
)
_QUOTED = re.compile(
    r"(?:.{0,60}?\b)?(?:(?:not|n't|never) (?:contain|include|show|print|mention|have|display|see|output"
    r"|return|list|say)s?"
    r"|without|free of|no) (?:the (?:word|text|string|value) |any"
    r" )?(?P<quote>[\"'`])(?P<text>[^\"'`]{1,200})(?P=quote)\Z",
    re.IGNORECASE,
)
_UNQUOTED = re.compile(
    r"(?i:(?:the )?(?:(?:output|response|logs?|result|it|this|body) )?(?:(?:should|must|does|do|may)"
    r" ?)?(?:not|n't|never)"
    r" (?:contain|include|mention|show|list)s? (?:the (?:word|text|string) |any"
    r" )?)(?P<text>[A-Z][A-Z0-9_]{2,}|[A-Z]\w*[A-Z]\w*|\w+_\w+)"
    r"(?i: (?:messages?|lines?|entries|state))?\Z"
)
_LINTERS = (
    r"(?:eslint|pylint|flake8|ruff|mypy|tslint|typescript|tsc|rubocop|golint|golangci-lint|shellcheck|stylelint|clippy|checkstyle"
    r"|prettier|black|isort|lint(?:er|ing)?|type|syntax|compile|compiler|compilation|build|javascript|python)"
)
_LINTED = re.compile(
    rf"(?:no|zero|0|without) {_LINTERS}(?:(?:/| or | and ){_LINTERS}){{0,3}} (?P<what>errors?|warnings?|issues?)\Z"
)
# An identifier that can't be a word of the sentence: CrashLoopBackOff, OOMKilled, ERROR, HTTP_500.
_TOKEN = r"(?:[A-Z][a-z]+(?:[A-Z][A-Za-z]+)+|[A-Z]{2,}[a-z]+[A-Za-z]*|[A-Z][A-Z0-9_]{3,}|[\w]+(?:_\w+)+)"
_NO_TOKEN = re.compile(
    rf"(?:no|zero|without(?: any)?) (?:(?:pods?|containers?|instances?|services?|events?|lines?|entries"
    rf"|messages?|jobs?) (?:are )?(?:in|with|showing)"
    rf" (?:an? |the )?(?:state |status )?)?(?:[\"'`](?P<quoted>[^\"'`]{{1,80}})[\"'`]|(?P<token>{_TOKEN}))"
    r"(?: (?:state|status|pods?|containers?|events?|errors?|lines?|messages?|entries|restarts?))?"
    r"(?: (?:in|from|on) (?:the )?(?:output|logs?|list|response|result|body))?\Z"
)
_NOT_IN = re.compile(
    r"(?:[\"'`](?P<text>[^\"'`]{1,80})[\"'`]) (?:should |must )?(?:not|never) (?:be |appear |show up )?(?:in"
    r"|present in|listed in|shown in|appear in)?"
    r" ?(?:the )?(?:output|logs?|list|response|result|body)?\Z",
    re.IGNORECASE,
)
# Every form above, and "all tests passed", holds one of these.
_DENYING = ("no", "empty", "blank", "zero", "0", "without", "n't", "never", "free of", "tests")
_SHOWS_LOG = re.compile(
    r"\blogs?\b|journalctl|\.log\b|\.err\b|/log/|stern|tail\b|dmesg|grep|cat\b|less\b", re.IGNORECASE
)
_ALL_TESTS = re.compile(
    r"all (?:of the )?(?:unit |integration |e2e |end-to-end |backend |frontend )?tests (?:are )?(?:pass(?:ing"
    r"|ed)?|green)\Z"
)
_ROWS = (
    "row",
    "record",
    "result",
    "match",
    "line",
    "duplicate row",
    "duplicate record",
    "duplicate key",
    "duplicate entr",
)


def compile_absence(phrase: Phrase) -> Absence | None:
    """Read "nothing" and "no X" for the X that an output can show."""
    low = phrase.low
    if not mentions(low, _DENYING):
        return None
    if _EMPTY.match(low):
        return Absence(source=phrase.source)
    if phrase.command and re.search(r"\blogs?\b", low) and not _SHOWS_LOG.search(phrase.command):
        return None
    match = _NONE.match(low) or _WITHOUT.match(low)
    if match is not None:
        return Absence(source=phrase.source, what=_name_what(match["what"]))
    if _ALL_TESTS.match(low):
        return Absence(source=phrase.source, what="failures")
    match = _LINTED.match(low)
    if match is not None:
        return Absence(source=phrase.source, what="warnings" if match["what"].startswith("warning") else "errors")
    match = _NO_TOKEN.match(phrase.text[:1].lower() + phrase.text[1:])
    if match is not None:
        return Absence(source=phrase.source, what=match["quoted"] or match["token"])
    quoted = _QUOTED.match(phrase.text) if phrase.text[-1:] in "\"'`" else None
    quoted = quoted or _UNQUOTED.match(phrase.text)
    return Absence(source=phrase.source, what=quoted["text"]) if quoted is not None else None


def _name_what(what: str) -> str:
    """Bring an author's word to one of the names the judge knows (errors, warnings, rows, duplicates, failures)."""
    if what.startswith(("fail", "test")):
        return "failures"
    if what.startswith(_ROWS) or "matching" in what:
        return "rows"
    if what.startswith("duplicate"):
        return "duplicates"
    if what[:1].isdigit() or what.startswith("connection"):
        return what.split(" error")[0] + " errors"
    if what.startswith("warning"):
        return "warnings"
    return "errors"
