"""``prints `ready```, ``output contains X``, ``should see log: "…"``: words to be in the output, or to be all of it.

Only words that are marked as such (quotes, backticks, a colon before a token) are taken; a sentence is for a person.
"""

from __future__ import annotations

import re

from gonogo.releases.expectations.phrase import Phrase
from gonogo.releases.rules import Contains, Exact

_QUOTE = r"(?:`(?P<tick>[^`]{1,300})`|\"(?P<double>[^\"]{1,300})\"|“(?P<curly>[^”]{1,300})”|'(?P<single>[^']{1,300})')"
_TAIL = (
    r"(?: (?:in|to|on) (?:the )?(?:output|logs?|stdout|stderr|console|response|terminal))?"
    r"(?: (?:status|message|line|text|log))?\Z"
)
_SPOKEN = re.compile(
    r"(?P<before>.{0,80}?)\b(?P<verb>prints?|outputs?|returns?|equals?|is exactly|exactly|contains?|includes?"
    r"|containing|including|shows?|displays?|sees?|mentions?|says?|reports?|reads?|log message|message)"
    rf" ?:? ?(?:the |an? )?(?:text |string |line |message |word |log |value )?:? ?{_QUOTE}{_TAIL}",
    re.IGNORECASE,
)
_ALONE = re.compile(rf"(?:the )?(?:(?:text|string|line|log|message|word|value):? )?:? ?{_QUOTE}{_TAIL}", re.IGNORECASE)
_TOKEN = re.compile(
    r"(?:.{0,60}? )?(?:shows?|contains?|includes?|displays?|reports?): (?P<token>\S{2,120})\Z", re.IGNORECASE
)
_OUTPUT_CONTAINS = re.compile(
    r"(?:the )?(?:output|stdout|stderr|response|logs?|result) (?:should |must )?(?:contain|include)s? "
    r"(?P<token>[^\s`\"']{1,120})\Z",
    re.IGNORECASE,
)
_EXACT = ("print", "output", "equal", "is exactly", "exactly", "return")
_ON_SCREEN = re.compile(
    r"\b(?:click\w*|pages?|screen|browser|button|banner|dashboard|tab|dialog|modal|toast|user|ui)\b", re.IGNORECASE
)
_DENIED = re.compile(r"\b(?:not|never|no)\b|n't\b", re.IGNORECASE)
_DESCRIBES = re.compile(r"(?:an?|the|some|few|several|many|any|all|each|every|lists?|rows?|lines?)\b", re.IGNORECASE)
_MARKED = re.compile(r"[_.\d/:-]|[A-Z]{2}")
_VAGUE = frozenset(("the", "a", "an", "all", "expected", "correct", "valid", "data", "results", "it", "this", "only"))
_ASKED = ("be", "return", "see", "show", "print", "output", "have", "contain", "equal", "display", "respond", "report")


def compile_text(phrase: Phrase) -> Contains | Exact | None:
    """Read a quoted text with its verb or label, or one unmistakable token after "shows:" or "output contains"."""
    text = phrase.text
    if phrase.label == "output" and _is_literal(text):
        return Exact(source=phrase.source, text=text)
    match = _ALONE.match(text) if phrase.label == "expected" or phrase.label in _ASKED else None
    if match is not None:
        return _build(phrase, _unquote(match), _is_exact(phrase.label))
    match = _SPOKEN.match(text)
    if match is not None:
        if _ON_SCREEN.search(match["before"]) or _DENIED.search(match["before"]):
            return None
        verb = match["verb"].lower()
        return _build(phrase, _unquote(match), verb.startswith(_EXACT))
    match = _OUTPUT_CONTAINS.match(text) or _TOKEN.match(text)
    if match is None or _DENIED.search(text) or not _is_marked(match["token"], match.re is _OUTPUT_CONTAINS):
        return None
    return Contains(source=phrase.source, text=match["token"])


def _is_literal(text: str) -> bool:
    plain = bool(text) and not any(mark in text for mark in '`"“\n')
    return plain and _DESCRIBES.match(text) is None


def _build(phrase: Phrase, text: str, exact: bool) -> Contains | Exact:
    return Exact(source=phrase.source, text=text) if exact else Contains(source=phrase.source, text=text)


def _is_exact(label: str) -> bool:
    return label in ("be", "return", "print", "output", "equal", "expected")


def _is_marked(token: str, said: bool) -> bool:
    return (said and token.lower() not in _VAGUE) or _MARKED.search(token) is not None


def _unquote(match: re.Match[str]) -> str:
    return match["tick"] or match["double"] or match["curly"] or match["single"] or ""
