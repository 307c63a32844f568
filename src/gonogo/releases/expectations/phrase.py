"""An expectation as its author wrote it, without the dressing: bullets, ticks, emphasis, "Expected:", "Should".

The label that was taken off is kept, because ``Expected output: OK`` says more than ``OK``.
"""

from __future__ import annotations

import re

import msgspec

from gonogo.releases.expectations.foreign import match_label
from gonogo.releases.hints import may_begin, mentions

# "> 5" and "-3" are an operator and a sign before a number, never a quote mark or a bullet.
_DRESSING = re.compile(
    r"(?:[\s#*+•·✅✓✔☑❌⚠\ufe0f➜⇒🎯☐⬜]|>(?!\s?[=\d.])|-(?![\d>]))+(?=\S)"
    r"|\[[ xX]\]\s+|\d{1,3}[.)]\s+(?=\S)|//\s*"
)
_ARROW = re.compile(r"(?:→|->|=>(?=\s?[^\s\d]|\s\d))\s*")
_KINDS = r"(?:expected|correct|desired|required|intended)"
_LABEL = re.compile(
    rf"(?:(?P<output>(?:the )?(?:{_KINDS} )?(?:console |terminal |command )?(?:outputs?|stdout)"
    r"\s*(?::|=|is\b|(?:should|must|will)(?: (?:be|equal|read|say)\b|:))|prints?\s*:|(?:it |this )(?:prints|outputs)\b)"
    rf"|(?P<exact>{_KINDS} (?:results?|values?|responses?|status|state|answer|outcome|body)\s*(?::|=|is\b|should be\b)"
    r"|(?:gate|validation|acceptance|acceptance criteri(?:a|on)|success criteri(?:a|on)|pass criteri(?:a|on)|pass if"
    r"|results?|answer|outcome|response)\s*:)"
    rf"|(?P<count>{_KINDS} (?:count|number|total|row count|rows)\s*(?::|=|is\b|should be\b))"
    r"|(?P<expected>(?:we )?(?:expected|expects?|expecting|expectation))\b\s*:?"
    r"(?:\s+to\s+(?P<to>be|see|return|show|print|have|contain|equal)\b)?"
    r"|(?:it\s+|this\s+|that\s+|you\s+|which\s+|command\s+)?(?:should|must|shall|needs\s+to|ought\s+to)"
    r"(?:\s+(?:now|also|only|still))?\s+"
    r"(?P<should>be|return|returns|show|print|output|see|contain|include|have|equal|display|respond\s+with|report|say"
    r"|read|give|get)\b"
    r"|(?P<verify>verify|check|ensure|confirm|make\s+sure|must|should|assert)\b(?:\s+that\b)?"
    r"|(?P<returns>returns?|responds?\s+with|(?:shows?|lists?|reports?|displays?)(?=\s+\d))\b)\s*:?\s*",
    re.IGNORECASE,
)
# Every label above begins with one of these.
_FIRST_WORDS = frozenset(
    """the expected correct desired required intended console terminal command output outputs stdout print prints it
    this gate validation acceptance success pass result results status state value values response responses answer
    outcome body count number total row rows we expect expects expecting expectation that you which should must shall
    needs ought verify check ensure confirm make assert return returns respond responds show shows list lists report
    reports display displays""".split()  # noqa: SIM905
)
_EMPHASIS = re.compile(r"\*\*|(?<!\w)__(?![a-z]\w{0,60}__)(?=\S)(?P<inner>[^_\n]{1,300})(?<=\S)__(?!\w)")
_EXIT = re.compile(
    r",? (?:and|then) (?:then )?(?:exits?|terminates?|ends?|finish(?:es)?)"
    r"(?: (?:cleanly|successfully|normally|with (?:exit )?(?:code |status )?0))?\Z",
    re.IGNORECASE,
)
_JOINING = (" and ", " then ")
_SOFTENER = re.compile(r"(?:already|currently|now|still|just|simply|only)\s+(?=[\w`\"'(])", re.IGNORECASE)

_SOFTENING = ("already", "now", "currently", "still", "just", "simply", "only", "again", "afterwards")
_AFTERWARDS = re.compile(r"(?<=\w) (?:already|now|again|by now|afterwards)\Z", re.IGNORECASE)


class Phrase(msgspec.Struct, frozen=True):
    """``text`` is the core, ``low`` the same in lower case, ``label`` the last word of the label taken off, if any.

    ``command`` is the command that the expectation stands at, when it is known.
    """

    source: str
    text: str
    low: str
    label: str
    command: str = ""


def read_phrase(source: str, command: str = "") -> Phrase:
    """Take the dressing and up to two labels off (``Verify: should return …``)."""
    text = " ".join(drop_emphasis(source).split())
    text = _strip_parens(_strip_dressing(text))
    label = ""
    for _ in range(2):
        found = _take_label(text)
        if found is None:
            break
        label, text = found[0] or label, _strip_dressing(found[1])
    text = text.rstrip(" .;,!:")
    text = _EXIT.sub("", text) if mentions(text, _JOINING) else text
    text = _strip_parens(text.rstrip(" .;,!:"))
    return Phrase(source, text, text.lower(), label, command)


def drop_emphasis(text: str) -> str:
    """The text without bold marks; ``__main__`` and what stands in quotes or backticks stays as it is."""
    if "**" not in text and "__" not in text:
        return text
    if not any(mark in text for mark in "`\"'"):
        return _drop_marks(text)
    pieces = re.split(r"(`[^`]*`|\"[^\"]*\")", text)
    return "".join(piece if at % 2 else _drop_marks(piece) for at, piece in enumerate(pieces))


def _drop_marks(text: str) -> str:
    return _EMPHASIS.sub(lambda match: match["inner"] or "", text)


def _take_label(text: str) -> tuple[str, str] | None:
    arrow = _ARROW.match(text)
    if arrow is not None and arrow.end() < len(text):
        return "arrow", text[arrow.end() :]
    match = _LABEL.match(text) if may_begin(text, _FIRST_WORDS) else None
    if match is not None:
        return _name_label(match), text[match.end() :]
    foreign = match_label(text)
    return ("foreign", text[foreign.end() :]) if foreign is not None else None


def _strip_dressing(text: str) -> str:
    for _ in range(3):
        match = _DRESSING.match(text)
        if match is None:
            break
        text = text[match.end() :]
    return text


def drop_softener(text: str) -> str:
    """Take words off that change nothing about a state: "already active" is "active"."""
    return _AFTERWARDS.sub("", _SOFTENER.sub("", text, count=1)) if mentions(text, _SOFTENING) else text


def _strip_parens(text: str) -> str:
    return text[1:-1].strip() if text[:1] == "(" and text.find(")") == len(text) - 1 and "(" not in text[1:] else text


def _name_label(match: re.Match[str]) -> str:
    for name in ("output", "count"):
        if match[name]:
            return name
    if match["exact"]:
        return "expected"
    word = match["should"] or match["to"] or match["returns"] or (match["expected"] and "expected") or match["verify"]
    return str(word).split()[0].lower().rstrip("s") if word else ""
