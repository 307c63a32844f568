"""An expectation as its author wrote it, without the dressing: bullets, ticks, emphasis, "Expected:", "Should".

The label that was taken off is kept, because ``Expected output: OK`` says more than ``OK``.
"""

from __future__ import annotations

import re

import msgspec

# "> 5" and "-3" are an operator and a sign before a number, never a quote mark or a bullet.
_DRESSING = re.compile(
    r"(?:[\s#*+•·✅✓✔☑❌⚠\ufe0f→➜⇒🎯]|>(?!\s?[=\d.])|-(?!\d))+(?=\S)"
    r"|\[[ xX]\]\s+|\d{1,3}[.)]\s+(?=\S)|//\s*|=>\s?(?!\d)"
)
_LABEL = re.compile(
    r"(?:(?P<output>expected\s+(?:output|result|response)|output|result|prints?|outputs?)\s*(?::|is\b)"
    r"|(?P<expected>expected|expects?)\b\s*:?(?:\s+to\s+(?P<to>be|see|return|show|print|have|contain|equal)\b)?"
    r"|(?:it\s+|this\s+|that\s+|you\s+)?(?:should|must|shall)(?:\s+(?:now|also|only|still))?\s+"
    r"(?P<should>be|return|returns|show|print|output|see|contain|have|equal|display|respond\s+with|report)\b"
    r"|(?P<verify>verify|check|ensure|confirm|make\s+sure|must|should|assert)\b(?:\s+that\b)?"
    r"|(?P<returns>returns?|responds?\s+with)\b)\s*:?\s*",
    re.IGNORECASE,
)
_SPACES = re.compile(r"\s+")


class Phrase(msgspec.Struct, frozen=True):
    """``text`` is the core, ``low`` the same in lower case, ``label`` the last word of the label taken off, if any."""

    source: str
    text: str
    low: str
    label: str


def read_phrase(source: str) -> Phrase:
    """Take the dressing and up to two labels off (``Verify: should return …``)."""
    text = _SPACES.sub(" ", source.replace("**", "").replace("__", "")).strip()
    text = _strip_dressing(text)
    label = ""
    for _ in range(2):
        match = _LABEL.match(text)
        if match is None:
            break
        label = _name_label(match) or label
        text = _strip_dressing(text[match.end() :])
    text = _strip_parens(text.rstrip(" .;,!:"))
    return Phrase(source, text, text.lower(), label)


def _strip_dressing(text: str) -> str:
    for _ in range(3):
        match = _DRESSING.match(text)
        if match is None:
            break
        text = text[match.end() :]
    return text


def _strip_parens(text: str) -> str:
    return text[1:-1].strip() if text[:1] == "(" and text.find(")") == len(text) - 1 and "(" not in text[1:] else text


def _name_label(match: re.Match[str]) -> str:
    if match["output"]:
        return "output" if "output" in match["output"].lower() else "expected"
    word = match["should"] or match["to"] or match["returns"] or match["expected"] or match["verify"]
    return str(word).split()[0].lower().rstrip("s") if word else ""
