"""``returns 200 OK``, ``204 No Content``, ``200 or 400``, ``HTTP/1.1 401``."""

from __future__ import annotations

import re
from http import HTTPStatus

from gonogo.releases.expectations.phrase import Phrase
from gonogo.releases.rules import Contains, Every, HttpStatus

_REASONS = "|".join(sorted((re.escape(status.phrase.lower()) for status in HTTPStatus), key=len, reverse=True))
_CODE = rf"[1-5]\d\d(?![\w%]|[.,:]\d|-\d)(?: \(?(?:{_REASONS})\)?(?!\w))?"
_CODES = rf"{_CODE}(?:(?:,? or |,? and |/| / |, | \| ){_CODE}){{0,7}}"
_TAIL = (
    r"(?:\s?(?:status(?: codes?)?|response|https?|responses|codes?|redirect))?(?:,? (?:if|when|for|from|on|without"
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
_WEB = re.compile(
    r"(?:^|[\s;&|(`\"'/])(?:curl|wget|https?|xh|hurl|lynx|grpcurl|httpx|newman|ab|hey|oha|wrk)(?=[\s\"']|$)|https?://"
)
_REDIRECT = re.compile(
    r"(?:(?:returns?|responds? with|an?|http)? ?(?:an? )?(?P<code>30[12378])(?: (?:permanent|temporary|moved"
    r" permanently|found))?"
    r" (?:redirect(?:s|ion|ed)?|moved permanently|found)|redirects?|redirected)"
    r" (?:to|from http to|http to) (?P<to>https\b(?!:)|`?(?P<url>https?://[^\s`]+|/[\w./-]*)`?)(?:"
    r" \((?P<code2>30[12378])\))?\Z"
)
_REDIRECTS = (301, 302, 303, 307, 308)
_CLAIMS = re.compile(r"[<>≤≥;]|\band\b")
_DENIED = re.compile(r"\bnot\b|n't\b|\bnever\b|\bnon-")


def is_web(command: str) -> bool:
    """Whether a command asks something over HTTP."""
    return _WEB.search(command) is not None


def compile_redirect(phrase: Phrase) -> Every | None:
    """Read a redirect with its target: the status, and the Location header that the response has to show."""
    match = _REDIRECT.match(phrase.low) if "redirect" in phrase.low or "moved" in phrase.low else None
    if match is None:
        return None
    code = match["code"] or match["code2"]
    codes = (int(code),) if code else _REDIRECTS
    start = match.start("url") if match["url"] else 0
    target = phrase.text[start : start + len(match["url"])] if match["url"] else "https://"
    status = HttpStatus(source=phrase.source, codes=codes)
    return Every(source=phrase.source, rules=(status, Contains(source=phrase.source, text=f"Location: {target}")))


def compile_http(phrase: Phrase) -> HttpStatus | None:
    """Read one or several status codes; a number that isn't a known status, or that counts things, isn't one."""
    low = phrase.low.replace("`", "")
    if _DIGITS.search(low) is None or _DENIED.search(low):
        return None
    match = _BARE.match(low)
    if match is not None and not _is_said(low, phrase):
        return None
    match = match or _SAID.search(low)
    # Another claim before the status would be lost: "< 1s and returns 200".
    if match is None or _CLAIMS.search(low[: match.start()]):
        return None
    codes = tuple(dict.fromkeys(int(code) for code in _DIGITS.findall(match["codes"])))
    return HttpStatus(source=phrase.source, codes=codes) if codes and _KNOWN.issuperset(codes) else None


def _is_said(low: str, phrase: Phrase) -> bool:
    """A bare number is a status only after "returns", "responds", "HTTP", "status", or with its reason phrase.

    After a command that asks nothing over HTTP a bare number is a number.
    """
    if low.startswith(("http", "status")) or _REASONED.match(low) is not None:
        return True
    if phrase.label not in (
        "return",
        "respond",
        "expected",
        "get",
        "give",
        "output",
        "be",
        "foreign",
        "arrow",
        "see",
        "show",
    ):
        return False
    web = is_web(phrase.command)
    return web or (not phrase.command and phrase.label in ("return", "respond", "expected", "get", "output", "foreign"))
