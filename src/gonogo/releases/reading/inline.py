"""What stands inside a line of Markdown: code spans, bold labels, checkboxes, links; and the clean text without."""

from __future__ import annotations

import html
import re
from functools import lru_cache
from typing import NamedTuple

from gonogo.releases.reading.decode import repair_text

_COMMENT = re.compile(r"<!--.*?(?:-->|$)", re.DOTALL)
# What opens and never closes would be searched to the end of the line from every opening: so far and no further.
_CODE = re.compile(r"(?<!`)(`{1,20})(?!`)(.{1,2000}?)(?<!`)\1(?!`)", re.DOTALL)
_LINK = re.compile(r"!?\[([^\]\[]*)\]\([^()\s]*(?:\([^()]*\)[^()\s]*)?(?:\s+\"[^\"]*\")?\)")
_AUTOLINK = re.compile(r"<((?:https?|mailto):[^>\s]{1,500}|[\w.+-]+@[\w.-]+)>")
_STRONG = re.compile(r"(\*\*\*|\*\*|__|~~)(?=\S)(.{1,600}?)(?<=\S)\1", re.DOTALL)
_EMPHASIS = re.compile(
    r"\*(?<![\w*]\*)(?=[^\s*])([^*\n]+?)(?<=[^\s*])\*(?![\w*])|_(?<!\w_)(?=[^\s_])([^\n]{1,600}?)(?<=[^\s_])_(?!\w)"
)
_BLANK = re.compile(r"_{3,}|(?:\\_){3,}")
_TAG = re.compile(
    r"</?(?:br|b|i|u|em|strong|sub|sup|code|kbd|span|p|div|a|details|summary|img|small|center)\b[^>]{0,500}>", re.I
)
_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")
_PICTURE = re.compile(
    "[\u2190-\u2bff\u2600-\u27bf\ufe0e\ufe0f\u200d\u20e3\ue000-\uf8ff\U0001f000-\U0001faff\U000e0020-\U000e007f\x80-\x9f]+"
)
_ARROWS = re.compile("[\u2190-\u21ff\u2260-\u2265\u2248\u2212]")
_KEPT = re.compile("\ue000(\\d+)\ue001")
_LONGEST_KEPT = 1000
_MARKS = frozenset("`*_~[<&\\!")
_CHECKBOX = re.compile(r"^\[([ xX]?)\](?:\s+|$)")
_LABEL = re.compile(r"^(\*\*|__)(?P<inside>[^*]+?)(?P<colon>:)?\1(?P<after>\s*:)?\s*(?P<rest>.*)$", re.DOTALL)
_SHORTCODE = re.compile(r":[a-z][a-z0-9_+-]+:")


class Checkbox(NamedTuple):
    """A task list mark and the text behind it."""

    ticked: bool
    text: str


class Label(NamedTuple):
    """A bold label that opens a line, and what follows it."""

    name: str
    rest: str
    colon: bool


class Code(NamedTuple):
    """A code span and where it stands in its line."""

    text: str
    start: int
    end: int


def clean_text(raw: str) -> str:
    """Readable text: no Markdown marks, no mojibake, no decoration, single spaces."""
    return _clean_once(raw) if len(raw) <= _LONGEST_KEPT else _clean(raw)


def _clean(raw: str) -> str:
    text = repair_text(raw)
    if not _MARKS.isdisjoint(text):
        text = _strip_marks(text)
    return strip_pictures(text)


# One reader after the other wants the same text.
_clean_once = lru_cache(maxsize=2048)(_clean)


def clean_title(raw: str) -> str:
    """A heading's text, without closing colons and emoji names."""
    return _SHORTCODE.sub("", clean_text(raw)).strip(" \t:#")


def strip_pictures(text: str) -> str:
    """Drop emoji; arrows and comparison signs are words and stay."""
    if not text.isascii():
        text = _PICTURE.sub(_keep_arrows, text)
    return " ".join(text.split())


def drop_comments(raw: str) -> str:
    return _COMMENT.sub("", raw) if "<!--" in raw else raw


def find_codes(raw: str) -> list[Code]:
    """The code spans of a line, in order."""
    if "`" not in raw:
        return []
    return [Code(match[2].strip(), match.start(), match.end()) for match in _CODE.finditer(raw)]


def split_checkbox(raw: str) -> Checkbox | None:
    match = _CHECKBOX.match(raw) if raw.startswith("[") else None
    return Checkbox(match[1] in ("x", "X"), raw[match.end() :]) if match else None


def split_label(raw: str) -> Label | None:
    """The bold label a line opens with, if it does."""
    if not raw.startswith(("**", "__")):
        return None
    match = _LABEL.match(raw)
    if match is None:
        return None
    colon = bool(match["colon"] or match["after"])
    return Label(clean_text(match["inside"]).rstrip(": "), match["rest"].strip(), colon)


def _strip_marks(text: str) -> str:
    kept: list[str] = []

    def set_aside(match: re.Match[str]) -> str:
        kept.append(match[2].strip() if match.re is _CODE else "____" if match.re is _BLANK else match[1])
        return f"\ue000{len(kept) - 1}\ue001"

    text = drop_comments(text).replace("\ue000", "")
    if "___" in text or "\\_" in text:
        text = _BLANK.sub(set_aside, text)
    if "`" in text:
        text = _CODE.sub(set_aside, text)
    if "<" in text:
        text = _TAG.sub(" ", _AUTOLINK.sub(set_aside, text))
    if "](" in text:
        text = _LINK.sub(r"\1", text)
    if "**" in text or "__" in text or "~~" in text:
        text = _STRONG.sub(r"\2", text)
    if "*" in text or "_" in text:
        text = _EMPHASIS.sub(lambda match: match[1] or match[2], text)
    if "\\" in text:
        text = _ESCAPE.sub(r"\1", text)
    if "&" in text:
        text = html.unescape(text)
    return _KEPT.sub(lambda match: kept[int(match[1])], text) if kept else text


def _keep_arrows(match: re.Match[str]) -> str:
    return "".join(_ARROWS.findall(match.group())) or " "
