"""Mending before Markdown is parsed: fences nobody closed, fences whose text slid left, underlined titles.

Lines may be inserted, so every line remembers which source line it came from.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import islice

_FENCE = re.compile(r"^(?P<indent>\s*(?:>\s?)*(?:(?:[-*+]|\d{1,9}[.)])\s+)*)(?P<mark>`{3,}|~{3,})(?P<info>[^`]*)$")
_STRUCTURE = re.compile(r"^\s*(?:#{2,6}\s+\S|[-*+]\s+\[[ xX]\]\s)")
_UNDERLINE = re.compile(r"^([~^\"'.+])\1{2,}\s*$")
_DIRECTIVE = re.compile(r"^(\s*)\.\. (?:code-block|code|sourcecode)::\s*(\w*)\s*$")
_ITEM = re.compile(r"^\s*(?:[-*+]|\d{1,9}[.)])\s")
_DETAILS = re.compile(r"^\s*(?:<details[^>]*>)?\s*(?:<summary[^>]*>.*</summary>)?\s*(?:</details>)?\s*$", re.IGNORECASE)
_DELIMITERS = re.compile(r"^\s*\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?\s*$")
_LOOK_BACK = 8
_LIST_MARK = re.compile(r"[-*+\d.)]")
_MARGIN = re.compile(r"^\s*(?:(?:[-*+]|\d{1,9}[.)])\s+)?")
_SAMPLES = frozenset({"markdown", "md", "mdx"})


@dataclass(slots=True)
class Mended:
    """Lines fit to be parsed. ``origin`` holds the source line (from 1) of each; ``unclosed`` the lines of
    fences that were never closed, ``comments`` those of HTML comments.
    """

    lines: list[str] = field(default_factory=list)
    origin: list[int] = field(default_factory=list)
    unclosed: list[int] = field(default_factory=list)
    comments: list[int] = field(default_factory=list)

    def add(self, line: str, number: int) -> None:
        self.lines.append(line)
        self.origin.append(number)


def mend_lines(source: tuple[str, ...]) -> Mended:
    """Close what was left open at the next heading, checkbox or fence, so that no step is swallowed."""
    mended = Mended()
    at, tables = 0, any("|" in line for line in source)
    while at < len(source):
        if tables and (_opens_table(source, at) or _follows_table(source, at)):
            mended.add("", at + 1)
        if opener := _find_opener(source, at):
            at = _take_fence(source, at, opener, mended)
        elif "::" in source[at] and (directive := _DIRECTIVE.match(source[at])):
            at = _take_directive(source, at, directive, mended)
        elif source[at].rstrip().endswith("::") and (block := _find_literal(source, at)):
            at = _take_literal(source, at, block, mended)
        elif at + 1 < len(source) and _is_underline(source, at):
            mended.add(f"### {source[at].strip()}", at + 1)
            mended.add("", at + 2)
            at += 2
        elif "<!--" in source[at] and _opens_comment(source, at):
            mended.add(f"{source[at]} -->", at + 1)
            mended.comments.append(at + 1)
            at += 1
        else:
            mended.add(source[at], at + 1)
            if "<" in source[at] and _DETAILS.match(source[at]):
                # HTML goes on up to an empty line, over any fence below it.
                mended.add("", at + 1)
            at += 1
    return mended


def _opens_table(source: tuple[str, ...], at: int) -> bool:
    """Whether a table starts right below other text, which would swallow it."""
    if not at or "|" not in source[at] or at + 1 == len(source) or not source[at - 1].strip() or "|" in source[at - 1]:
        return False
    return source[at].lstrip().startswith("|") and _DELIMITERS.match(source[at + 1]) is not None


def _follows_table(source: tuple[str, ...], at: int) -> bool:
    """Whether plain words stand right below a table, which would take them for a row."""
    return bool(at and source[at - 1].startswith("|") and source[at].strip()) and "|" not in source[at]


def _opens_comment(source: tuple[str, ...], at: int) -> bool:
    """Whether a comment opens here that the next comment, or the end, comes before the end of."""
    if "<!--" not in source[at] or "-->" in source[at].rpartition("<!--")[2]:
        return False
    below = (line for line in islice(source, at + 1, None) if "-->" in line or "<!--" in line)
    following = next(below, "<!--")
    return "-->" not in following.partition("<!--")[0]


def _find_opener(source: tuple[str, ...], at: int) -> re.Match[str] | None:
    line = source[at]
    if "```" not in line and "~~~" not in line:
        return None
    match = _FENCE.match(line)
    if match is None or _underlines(source, at, match) or (_indent(line) > 3 and not _is_inside(source, at)):
        return None
    return match


def _is_inside(source: tuple[str, ...], at: int) -> bool:
    """Whether text this far to the right can be part of a list, rather than indented code."""
    above = next((line for line in reversed(source[max(0, at - _LOOK_BACK) : at]) if line.strip()), "")
    return _indent(above) > 1 or _ITEM.match(above) is not None


def _underlines(source: tuple[str, ...], at: int, match: re.Match[str]) -> bool:
    above = source[at - 1].strip() if at else ""
    alone = not match["info"].strip() and match["mark"][0] == "~"
    return alone and bool(above) and len(match["mark"]) >= max(4, len(above))


def _is_underline(source: tuple[str, ...], at: int) -> bool:
    title, below = source[at].strip(), source[at + 1]
    plain = bool(title) and title[0].isalnum() and not source[at].startswith((" ", "\t"))
    return plain and _UNDERLINE.match(below) is not None and len(below.strip()) >= max(4, len(title))


def _take_fence(source: tuple[str, ...], start: int, opener: re.Match[str], mended: Mended) -> int:
    mark, indent = opener["mark"], len(opener["indent"].expandtabs(4))
    end, closed = _find_end(source, start, opener)
    mended.add(source[start], start + 1)
    for at in range(start + 1, end):
        mended.add(_shift_right(source[at], indent), at + 1)
    if closed:
        line = source[end]
        mended.add(line if ">" in line else " " * indent + line.strip(), end + 1)
        return end + 1
    mended.unclosed.append(start + 1)
    mended.add(_LIST_MARK.sub(" ", opener["indent"]) + mark, end)
    return end


def _find_end(source: tuple[str, ...], start: int, opener: re.Match[str]) -> tuple[int, bool]:
    mark = opener["mark"]
    closer = re.compile(rf"^\s*(?:>\s?)*{re.escape(mark[0])}{{{len(mark)},}}\s*$")
    sample = opener["info"].strip().lower() in _SAMPLES
    at = start + 1
    while at < len(source):
        line = source[at]
        if mark in line:
            if closer.match(line):
                return at, True
            inner = _FENCE.match(line)
            if inner is not None and inner["mark"][0] == mark[0] and _names_language(inner, sample):
                break
        at += 1
    return _find_structure(source, start + 1, at), False


def _names_language(inner: re.Match[str], sample: bool) -> bool:
    info = inner["info"].strip().lower()
    return info in _SAMPLES if sample else bool(info)


def _find_structure(source: tuple[str, ...], start: int, limit: int) -> int:
    return next((at for at in range(start, limit) if _STRUCTURE.match(source[at])), limit)


def _shift_right(line: str, indent: int) -> str:
    """Text at the margin would end a fence inside a list; moved under it, the fence stays whole."""
    short = indent - (len(line) - len(line.lstrip(" ")))
    return " " * short + line if short > 0 and line.strip() and not line.startswith(("\t", ">")) else line


def _find_literal(source: tuple[str, ...], start: int) -> tuple[int, int] | None:
    """First and last line of the indented text that "::" announces."""
    margin = len(_MARGIN.match(source[start])[0])  # type: ignore[index]
    first = next((at for at in range(start + 1, len(source)) if source[at].strip()), None)
    if first is None or first == start + 1 or _indent(source[first]) <= margin:
        return None
    last = at = first
    while at < len(source) and (not source[at].strip() or _indent(source[at]) > margin):
        last = at if source[at].strip() else last
        at += 1
    return first, last


def _take_literal(source: tuple[str, ...], start: int, block: tuple[int, int], mended: Mended) -> int:
    margin = " " * len(_MARGIN.match(source[start])[0])  # type: ignore[index]
    for at in range(start, block[0]):
        mended.add(source[at], at + 1)
    mended.add(f"{margin}```", block[0] + 1)
    for at in range(block[0], block[1] + 1):
        mended.add(source[at], at + 1)
    mended.add(f"{margin}```", block[1] + 1)
    return block[1] + 1


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _take_directive(source: tuple[str, ...], start: int, directive: re.Match[str], mended: Mended) -> int:
    margin = len(directive[1])
    mended.add(f"{directive[1]}```{directive[2]}", start + 1)
    at = start + 1
    while at < len(source) and (not source[at].strip() or len(source[at]) - len(source[at].lstrip()) > margin):
        mended.add(source[at], at + 1)
        at += 1
    mended.add(f"{directive[1]}```", at)
    return at
