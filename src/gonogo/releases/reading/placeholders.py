"""Text that someone still has to fill in: YOUR_PASSWORD, <previous-tag>, backup_YYYYMMDD.sql."""

from __future__ import annotations

import re

_PATTERNS = (
    r"\bYOUR[_-]?[A-Z][A-Z0-9_-]*|\bMY[_-](?:APP|SERVER|HOST|DOMAIN|DB|DATABASE|PROJECT|BUCKET)\w*",
    r"(?i:(?<![a-z])your[_-][a-z][\w-]*|\byour(?:domain|app|server|company|project|site|org|host|user|db|bucket"
    r"|registry|service|cluster)\w*)",
    r"(?<![<\d&])<(?=[A-Za-z_])(?:[^<>\n|;&$`\"']*[^<>\n|;&$`\"'\s])?>(?!\()",
    r"(?<![%\w])\w*YYYY[-_./]?MM(?:[-_./]?DD)?\w*|\bHHMMSS\b",
    r"\bexample\.(?:com|org|net|io)\b",
    r"/path/to\b|\bpath/to/",
    r"\[(?i:your|insert|enter|name|previous|version|tag|commit|contact|placeholder)\b[^\]\n]*\]",
    r"(?<=[\"' ])URL(?=[\"'\s]|$)",
    r"\bX{4,}\b|\bx{4,}\b|\bxxx(?:\.xxx){1,3}\b",
    r"(?i:\bchange[_-]?me\b|\breplace[_-]?(?:me|with|this)\w*|\binsert[_-][a-z_]+[_-]here\b|\bfill[_-]?(?:me"
    r"|in)\b|\bplaceholder\b)",
    r"\bTO" r"DO\b|\bTBD\b|\bFIX" r"ME\b",
    r"\{\{\s*[A-Za-z_][\w]*\s*\}\}",
    r"(?<![$%\w{'\"])\{(?i:version|tag|commit|sha|hash|image|backup|date|timestamp|env|environment|host"
    r"|hostname|user|name|id"
    r"|service|namespace|region|your[^}\s]*)\}(?!\})",
    r"\bv?[Xx]\.[Yy](?:\.[Zz])?\b",
    r"(?:^|\s)(?:\.\.\.|…)(?=\s|$)",
)
_PLACEHOLDER = re.compile("|".join(f"(?:{pattern})" for pattern in _PATTERNS), re.MULTILINE)

# The search is slow; every placeholder holds one of these.
_HINTS = (
    *(
        "YOUR",
        "your",
        "Your",
        "MY_",
        "MY-",
        "<",
        "YYYY",
        "HHMM",
        "example.",
        "path/to",
        "[",
        "URL",
        "XXX",
        "xxx",
        "{",
        "...",
    ),
    *(
        "…",
        "CHANGE",
        "change",
        "Change",
        "REPLACE",
        "replace",
        "Replace",
        "INSERT",
        "insert",
        "FILL",
        "fill",
        "PLACEHOLDER",
    ),
    *("placeholder", "TODO", "TBD", "FIXME", "X.Y", "x.y", "X.y", "x.Y"),
)


def find_placeholder(text: str) -> str | None:
    """The first thing in ``text`` that was left to be filled in."""
    if not any(hint in text for hint in _HINTS):
        return None
    match = _PLACEHOLDER.search(text)
    return match.group().strip() if match else None
