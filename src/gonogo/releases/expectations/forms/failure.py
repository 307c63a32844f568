"""Success by failure: ``CORS error (blocked)``, ``should fail with permission denied``, ``exit code 2``."""

from __future__ import annotations

import re

from gonogo.releases.expectations.phrase import Phrase
from gonogo.releases.hints import mentions
from gonogo.releases.rules import Contains, Exit

_KNOWN = (
    r"connection refused|permission denied|access denied|unauthori[sz]ed|forbidden|not found|no such file or directory"
    r"|command not found|timed? ?out|timeout|cors(?: error)?|certificate (?:error|expired)|could not resolve host"
)
_WITH = re.compile(
    r"(?:.{0,60}?\b)?(?:fail|fails|be rejected|be refused|be denied|be blocked|error(?: out)?|rejected|refused|blocked)"
    r" with (?:an? )?(?:error )?:? ?(?:[\"'`](?P<quoted>[^\"'`]{1,200})[\"'`](?: error| message)?"
    rf"|(?P<known>{_KNOWN})(?: error| message)?)(?: \([^)]{{0,80}}\))?\Z",
    re.IGNORECASE,
)
_EXPECTED = re.compile(
    rf"(?:an? )?(?P<known>{_KNOWN})(?: errors?)?(?: is| are)?(?: expected| \((?:blocked|expected|rejected"
    rf"|refused|as expected|denied)\))\Z",
    re.IGNORECASE,
)
_FAIL = re.compile(
    r"(?:(?:the |this )?(?:command|script|it|login|request|connection|this) )?(?:(?:should|must) )?(?:to )?"
    r"(?:fail|fails|be a failure|non-?zero exit(?: code)?|exits? (?:with )?(?:an? )?non-?zero(?: exit)?(?: code"
    r"| status)?)\Z"
)
_CODE = re.compile(
    r"(?:.{0,30}? )?(?:exits?|returns?|exit) ?(?:with )?(?:an? )?(?:exit )?(?:code|status):? ?(?:is "
    r"|of )?(?P<code>\d{1,3})\Z"
)
_EXITS = re.compile(r"(?:.{0,30}? )?(?:exits|exit with|exits with) (?P<code>\d{1,3})\Z")
_GONE = re.compile(
    r"(?:.{0,60}? )?(?:(?:should|must|does|do) (?:no longer|not) (?:be there|exist|be present|be found|be"
    r" listed)|doesn't exist|not exist"
    r"|no longer (?:exists?|there|present|listed)|(?:should|must) be (?:gone|absent)|be gone|be absent|not"
    r" be (?:there|present|listed|found))"
    r"(?: any ?more| anymore)?\Z"
)
# Every form that names no error holds one of these.
_ENDING = ("no", "n't", "gone", "absent", "fail", "zero", "exit", "succeed")
_SUCCEED = re.compile(
    r"(?:(?:the |this )?(?:command|script|it|build) )?(?:succeeds?|exits? (?:successfully|cleanly)"
    r"|exit (?:successfully|cleanly))\Z"
)


def compile_failure(phrase: Phrase) -> Contains | Exit | None:
    """Read an expected failure, with what it says when the author names that, or an exit code."""
    low = phrase.low
    match = _WITH.match(phrase.text) if " with " in low else None
    if match is not None:
        text = match["quoted"] or match["known"]
        return Contains(source=phrase.source, text=text, fails=True)
    match = _EXPECTED.match(phrase.text) if "expected" in low or low.endswith(")") else None
    if match is not None or (phrase.label == "expected" and (match := _EXPECTED.match(f"{phrase.text} expected"))):
        return Contains(source=phrase.source, text=match["known"], fails=True)
    return _compile_exit(phrase)


def _compile_exit(phrase: Phrase) -> Contains | Exit | None:
    low = phrase.low
    if not mentions(low, _ENDING):
        return None
    if _GONE.match(low) or (phrase.label == "be" and low in ("gone", "absent", "non-existent", "nonexistent")):
        return Contains(source=phrase.source, text="does not exist", fails=True)
    if _FAIL.match(low):
        return Exit(source=phrase.source, codes=(), fails=True)
    match = (_CODE.match(low) or _EXITS.match(low)) if "exit" in low else None
    if match is not None and int(match["code"]) < 256:
        code = int(match["code"])
        return Exit(source=phrase.source, codes=(code,), fails=code != 0)
    return Exit(source=phrase.source) if _SUCCEED.match(low) else None
