"""``returns 200 OK``, ``204 No Content``, ``200 or 400``, ``HTTP/1.1 401``."""

from __future__ import annotations

import re
from http import HTTPStatus

from gonogo.releases.expectations.phrase import Phrase
from gonogo.releases.rules import HttpStatus

_REASONS = "|".join(sorted((re.escape(status.phrase.lower()) for status in HTTPStatus), key=len, reverse=True))
_CODE = rf"[1-5]\d\d(?![\w%]|[.,:]\d|-\d)(?: \(?(?:{_REASONS})\)?(?!\w))?"
_CODES = rf"{_CODE}(?:(?:,? or |,? and |/| / |, | \| ){_CODE}){{0,7}}"
_TAIL = (
    r"(?:\s?(?:status(?: codes?)?|response|https?|responses|codes?))?(?:,? (?:if|when|for|from|on|without"
    r"|via) [^,;<>=]*)?[ )]*\Z"
)
_SAID = re.compile(
    r"(?:returns?|responds?(?: with)?|returned|responding(?: with)?|gets?|gives?|receives?|yields?|answers?(?: with)?"
    r"|status(?: codes?)?(?: is| are| should be| must be)?|http(?:/[\d.]{1,3})?|(?:→|->|=>))"
    r" ?:? ?(?:an? )?(?:https?(?:/[\d.]{1,3})? )?(?:status(?: codes?)? )?(?:codes? )?(?:of )?:? ?"
    rf"\(?(?P<codes>{_CODES})" + _TAIL
)
_BARE = re.compile(rf"(?:an? )?(?:http(?:/[\d.]{{1,3}})? )?(?:status )?(?:code )?:? ?(?P<codes>{_CODES}){_TAIL}")
_DIGITS = re.compile(r"(?<!\d)[1-5]\d\d(?!\d)")
_REASONED = re.compile(rf"[1-5]\d\d \(?(?:{_REASONS})")
_KNOWN = frozenset(status.value for status in HTTPStatus)
_DENIED = re.compile(r"\bnot\b|n't\b|\bnever\b|\bnon-")


def compile_http(phrase: Phrase) -> HttpStatus | None:
    """Read one or several status codes; a number that isn't a known status, or that counts things, isn't one."""
    low = phrase.low.replace("`", "")
    if _DIGITS.search(low) is None or _DENIED.search(low):
        return None
    match = _BARE.match(low)
    if match is not None and not _is_said(low, phrase.label):
        return None
    match = match or _SAID.search(low)
    if match is None:
        return None
    codes = tuple(dict.fromkeys(int(code) for code in _DIGITS.findall(match["codes"])))
    return HttpStatus(source=phrase.source, codes=codes) if codes and _KNOWN.issuperset(codes) else None


def _is_said(low: str, label: str) -> bool:
    """A bare number is a status only after "returns", "responds", "HTTP", "status", or with its reason phrase."""
    if label in ("return", "respond", "expected", "get", "output") or low.startswith(("http", "status")):
        return True
    return _REASONED.match(low) is not None
