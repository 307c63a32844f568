"""``prints `ready```, ``output contains X``, ``should see log: "…"``: words to be in the output, or to be all of it.

Only words that are marked as such (quotes, backticks, a label and a token) are taken; a sentence is for a person.
"""

from __future__ import annotations

import re

from gonogo.releases.expectations.phrase import Phrase, drop_softener
from gonogo.releases.expectations.states import DESCRIBING, VALUES, is_state
from gonogo.releases.hints import mentions
from gonogo.releases.rules import Contains, Exact

_QUOTE = r"(?:`(?P<tick>[^`]{1,300})`|\"(?P<double>[^\"]{1,300})\"|“(?P<curly>[^”]{1,300})”|'(?P<single>[^']{1,300})')"
_QUOTE_MARKS = ("`", '"', "'")
_TAIL = (
    r"(?: (?:in|to|on|at the end of) (?:the |its |stdout of )?(?:output|logs?|stdout|stderr|console|response"
    r"|terminal|body|headers?|list|result))?"
    r"(?: (?:status|message|line|text|log))?\Z"
)
_SPOKEN = re.compile(
    r"(?P<before>.{0,80}?)\b(?P<verb>prints?|outputs?|returns?|equals?|is exactly|exactly|contains?|includes?"
    r"|containing|including|shows?|displays?|sees?|mentions?|says?|reports?|reads?|log message|message"
    r"|output (?:should|must) be)"
    rf" ?:? ?(?:the |an? )?(?:text |string |line |message |word |log |value |header )?:? ?{_QUOTE}{_TAIL}",
    re.IGNORECASE,
)
_ALONE = re.compile(
    rf"(?:the )?(?:(?:text|string|line|log|message|word|value|header):? )?:? ?{_QUOTE}{_TAIL}", re.IGNORECASE
)
_IS = re.compile(
    r"(?P<subject>[\w ./-]{1,40}?)(?: (?:is|are|equals|should be|must be|will be)(?: set to| equal to)?)"
    r" ?`(?P<tick>[^`]{1,200})`\Z",
    re.IGNORECASE,
)
_HOLDS = re.compile(
    r"(?:the )?(?:output|stdout|stderr|response|responses|logs?|results?|headers?|body|it|page|file"
    r"|list)?(?: headers?| body)? ?"
    r"(?:should |must |to )?(?:contain|include|have|mention)s?(?: the)?(?: header| text| line| string|"
    r" word)?:? (?P<rest>.{1,200})\Z",
    re.IGNORECASE,
)
_TOKEN = re.compile(
    r"(?:.{0,60}? )?(?:shows?|contains?|includes?|displays?|reports?): (?P<token>\S{2,120})\Z", re.IGNORECASE
)
_OUTPUT_CONTAINS = re.compile(
    r"(?:the )?(?:output|stdout|stderr|response|logs?|result) (?:should |must )?(?:contain|include)s? "
    r"(?P<token>[^\s`\"']{1,120})\Z",
    re.IGNORECASE,
)
_HOLDING = ("contain", "include", "have", "mention", "show", "display", "report")
_HEADER = re.compile(r"(?:[A-Z][A-Za-z0-9]*(?:-[A-Z][A-Za-z0-9]*)+|Location|Server)(?:: \S.{0,120})?\Z")
_VERSION = re.compile(r"(?:version:? )?(?P<number>v?\d+(?:\.\d+){1,3}(?:-[\w.]+)?)\Z", re.IGNORECASE)
_EXACT = ("print", "output", "equal", "is exactly", "exactly", "return")
_ON_SCREEN = re.compile(
    r"\b(?:column|click\w*|pages?|screen|browser|button|banner|dashboard|tab|dialog|modal|toast|user|ui)\b",
    re.IGNORECASE,
)
_DENIED = re.compile(r"\b(?:not|never|no)\b|n't\b", re.IGNORECASE)
_DESCRIBES = re.compile(
    r"(?:an?|the|some|few|several|many|any|all|each|every|lists?|rows?|lines?|your|both|json|similar|same|valid|as)\b",
    re.IGNORECASE,
)
_MARKED = re.compile(r"[_.\d/:-]|[A-Z]{2}")
_LOUD = re.compile(r"[A-Z][A-Z0-9_]+\Z|[A-Z][a-z]+(?:[A-Z][a-z]+)*\Z")
_PLACEHOLDER = re.compile(r"<[^>]*>|\.\.\.|…|\{\w+\}|\[[a-z ]+\]|\bx{3,}\b|your[-_]|changeme|\$\{?\w", re.IGNORECASE)
_VAGUE = frozenset(("the", "a", "an", "all", "expected", "correct", "valid", "data", "results", "it", "this", "only"))
_NO_LITERALS = frozenset(
    ("none", "nothing", "empty", "n/a", "json", "html", "xml", "yaml", "csv", "uuid", "pass", "fail", "success")
)
_ASKED = (
    "be",
    "return",
    "see",
    "show",
    "print",
    "output",
    "have",
    "contain",
    "equal",
    "display",
    "respond",
    "report",
    "say",
    "read",
    "include",
    "foreign",
    "arrow",
)
_PROMISING = frozenset(("expected", "output", "arrow", "print", "foreign", "be", "return", "equal", "read"))
_ALL_OF_IT = ("be", "return", "print", "output", "equal", "expected", "foreign", "arrow", "read")


def compile_text(phrase: Phrase) -> Contains | Exact | None:
    """Read a quoted text with its verb or label, or one unmistakable token after "shows:" or "output contains"."""
    text = drop_softener(phrase.text)
    if mentions(text, _QUOTE_MARKS):
        match = _ALONE.match(text) if phrase.label == "expected" or phrase.label in _ASKED else None
        if match is not None:
            return _build(phrase, _unquote(match), phrase.label in _ALL_OF_IT)
        match = _SPOKEN.match(text)
        if match is not None:
            if _ON_SCREEN.search(match["before"]) or _DENIED.search(match["before"]):
                return None
            return _build(phrase, _unquote(match), match["verb"].lower().startswith(_EXACT))
        match = _IS.match(text)
        if match is not None and not _DENIED.search(match["subject"]) and not _ON_SCREEN.search(match["subject"]):
            return _build(phrase, match["tick"], False)
    return _compile_held(phrase)


def _compile_held(phrase: Phrase) -> Contains | None:
    text = phrase.text
    holds = mentions(phrase.low, _HOLDING)
    match = _HOLDS.match(text) if holds else None
    rest = match["rest"] if match is not None else text if phrase.label in ("contain", "include", "have") else ""
    if rest and _HEADER.match(rest) and not _PLACEHOLDER.search(rest):
        return Contains(source=phrase.source, text=rest)
    match = _OUTPUT_CONTAINS.match(text) or _TOKEN.match(text) if holds else None
    if match is not None and not _DENIED.search(text) and _is_marked(match["token"], match.re is _OUTPUT_CONTAINS):
        return Contains(source=phrase.source, text=match["token"])
    if (
        phrase.label in ("contain", "include")
        and _MARKED.search(text)
        and " " not in text
        and not _PLACEHOLDER.search(text)
    ):
        return Contains(source=phrase.source, text=text)
    return None


def compile_literal(phrase: Phrase) -> Contains | Exact | None:
    """Read the one token or the literal line that a label promises: "Expected: PONG", "Output: v1.2.3"."""
    if phrase.label not in _PROMISING or _PLACEHOLDER.search(text := drop_softener(phrase.text)):
        return None
    version = _VERSION.match(text)
    if version is not None and ("." in version["number"]):
        return Contains(source=phrase.source, text=version["number"])
    if " " not in text:
        return _compile_token(phrase, text)
    if phrase.label not in ("output", "print") or _DESCRIBES.match(text) or "`" in text:
        return None
    # The words are the output, or describe it: a line that is exactly these words settles it, another asks.
    return Exact(source=phrase.source, text=text, asks=not re.search(r"[\"'=:\d/]", text))


def _compile_token(phrase: Phrase, text: str) -> Contains | Exact | None:
    low = text.lower()
    if (
        low in _NO_LITERALS
        or (low in DESCRIBING and not _LOUD.match(text))
        or any(mark in text for mark in "`\"“'()[]{}<>")
    ):
        return None
    if low in VALUES:
        return Exact(source=phrase.source, text=text)
    if _LOUD.match(text) or is_state(text):
        return (
            None
            if low in DESCRIBING and not text.isupper()
            else Contains(source=phrase.source, text=text, fold=is_state(text))
        )
    if phrase.label == "be" and not _MARKED.search(text):
        return None
    if re.fullmatch(r"\w[\w./:@=+-]*", text) is None:
        return None
    return _build(phrase, text, True)


def _build(phrase: Phrase, text: str, exact: bool) -> Contains | Exact | None:
    if _PLACEHOLDER.search(text):
        return None
    if is_state(text) and text.lower() not in VALUES and not exact:
        return Contains(source=phrase.source, text=text, fold=True)
    if exact and " " not in text and len(text) > 5 and re.search(r"[a-z][._:=@/-]\w", text, re.IGNORECASE):
        return Contains(source=phrase.source, text=text)
    return Exact(source=phrase.source, text=text) if exact else Contains(source=phrase.source, text=text)


def _is_marked(token: str, said: bool) -> bool:
    return (said and token.lower() not in _VAGUE) or _MARKED.search(token) is not None


def _unquote(match: re.Match[str]) -> str:
    return match["tick"] or match["double"] or match["curly"] or match["single"] or ""
