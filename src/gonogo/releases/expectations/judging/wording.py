"""Whole words in an output: "OK" is not in "NOT OK", 3 is not in 13, and white space is as wide as it likes."""

from __future__ import annotations

import re
from functools import lru_cache

import msgspec

_DENIED = re.compile(
    r"(?<![\w.,])(?:not|no|never|isn['’]t|aren['’]t|wasn['’]t|can['’]?not|can['’]t|doesn['’]t|didn['’]t|non|without|un"
    r"|nor|neither|hardly|zero|0)[ \t\"':_-]{1,4}"
    r"(?:(?:yet|be|been|being|currently|fully|really|is|a|an|the|any|all|report|become|get|in"
    r"|return)[ \t]{1,4}){0,3}\Z",
    re.IGNORECASE,
)
_UNTRUE = re.compile(
    r"[\"']?[ \t]{0,8}[:=][ \t]{0,8}[\"']?(?:false|no|none|null|off|0|failed|error)(?![\w.])", re.IGNORECASE
)
_NEGATION = re.compile(r"\b(?:not|no|never|non|un\w+|without)\b|n['’]t\b", re.IGNORECASE)
_VERSION = re.compile(r"v?\d+(?:\.\d+)+(?:[-+.][\w.+-]*)?\Z")
_BEFORE = 48
_MOST_CHECKED = 5000


class Found(msgspec.Struct, frozen=True):
    """Whether the words are said, and whether they are denied somewhere ("not ready", "ready: false")."""

    said: bool
    denied: bool


def find_words(text: str, output: str, *, fold: bool = False) -> Found:
    """Look for a text as whole words, apart from the places that deny it.

    Of very many places only the first 5,000 are looked at; the rest is then in doubt, which counts as denied.
    """
    said = denied = False
    deniable = text[:1].isalpha() and _NEGATION.search(text) is None and len(text.split()) <= 4
    for number, match in enumerate(_compile(text, fold).finditer(output)):
        if not deniable:
            return Found(True, False)
        start, end = match.span()
        if _DENIED.search(output[max(0, start - _BEFORE) : start]) or _UNTRUE.match(output, end):
            denied = True
        else:
            said = True
        if (said and denied) or number >= _MOST_CHECKED:
            return Found(said, True)
    return Found(said, denied)


def has_words(text: str, output: str, *, fold: bool = False) -> bool:
    """Whether an output holds a text as whole words, denied or not."""
    if not fold and text.split()[:1] and text.split()[0].removeprefix("v") not in output:
        return False
    return _compile(text, fold).search(output) is not None


@lru_cache(maxsize=512)
def _compile(text: str, fold: bool) -> re.Pattern[str]:
    return re.compile(write_pattern(text), re.IGNORECASE if fold else re.NOFLAG)


def write_pattern(text: str) -> str:
    """A pattern for the text as whole words."""
    words = text.split()
    if not words:
        return r"(?!)"
    if _VERSION.match(text):
        return rf"(?<![\w.-])v?{re.escape(text.removeprefix('v'))}(?![\w+])(?![.-]\w)"
    body = r"[ \t]+".join(map(re.escape, words))
    return f"{_write_start(words[0])}{body}{_write_end(words[-1])}"


def _write_start(word: str) -> str:
    if word[0].isdigit():
        return r"(?<!\w)(?<!\d[.,:/-])(?<![-])"
    return r"(?<!\w)(?<![A-Za-z]-)" if word[0].isalpha() or word[0] == "_" else ""


def _write_end(word: str) -> str:
    if word[-1].isdigit():
        return r"(?!\w)(?![.,:/-]\d)"
    return r"(?!\w)(?!-[A-Za-z])" if word[-1].isalpha() or word[-1] == "_" else ""
