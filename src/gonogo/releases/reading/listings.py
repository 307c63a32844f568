"""Fences that show a file rather than what to type: a script's listing, the text of an env or ini file."""

from __future__ import annotations

import re
from typing import NamedTuple

from gonogo.releases.hints import mentions

_POSITIONAL = re.compile(r"\$(?:[1-9@*#]|\{[1-9@*#][^}\n]{0,80}\})")
_ENDS = re.compile(r"(?:^|\n)\s*(?:exit\s+(?:\d|\$)|return\s+\d|main\s+\"\$@\"|esac)")
_FILE_COMMENT = re.compile(
    r"^#\s*(?:file(?:name)?:\s*)?[\w./~-]+\.(?:sh|bash|py|service|timer|conf|env|ya?ml|yml)\b\s*(?:[-–—:(].*)?$",
    re.IGNORECASE,
)
_FILE = r"(?:`[^`\n]{1,120}`|\*\*[^*\n]{1,120}\*\*|[\w./~-]+\.(?:sh|bash|py|env|conf|cfg|ini|service|ya?ml|json|toml))"
_CREATES = re.compile(
    rf"\b(?:creat\w*|sav(?:e|ing)|writ(?:e|ing)|add|put|paste|copy|store)\b[^.\n]{{0,60}}?{_FILE}"
    rf"|{_FILE}[^.\n]{{0,30}}\b(?:with|contains?|looks?|should (?:look|contain))\b"
    r"|\b(?:save|store) (?:this|it|the following) (?:as|in|to)\b|\bcontents? of\b|\b(?:script|file)\s*:?\s*$",
    re.IGNORECASE,
)
_CREATE_HINTS = tuple(
    "creat sav writ add put paste copy store with contain look content script file".split()  # noqa: SIM905
)
_RUNS = re.compile(r"\b(?:run|execute|invoke|launch|call|start)\b", re.IGNORECASE)
_SEEN = re.compile(
    r"\b(?:you (?:may|might|will|should|can|would) (?:see|get|find|notice)|(?:looks?|look) (?:like|similar)"
    r"|(?:sample|example|expected) (?:output|response|result)s?|error messages?)\b[^.\n]{0,60}:\s*$"
    r"|^\W*(?:output|response|result)s?\W*$",
    re.IGNORECASE,
)
_SHOWS = re.compile(
    r"\b(?:output|prints?|shows?|displays?|responds?|returns?|errors?|log (?:lines?|entries)|sample|for reference"
    r"|would (?:be|look))\b[^.\n]{0,60}:\s*$",
    re.IGNORECASE,
)
_ENV_FILE = re.compile(
    r"(?:^|[\s`'\"/*(])(?:\.env[\w.-]*|[\w.-]+\.env|env(?:ironment)? (?:file|variables)|docker-compose\.override"
    r"|\.npmrc|\.bashrc"
    r"|\.zshrc|\.profile)\b",
    re.IGNORECASE,
)
_EDITS = re.compile(
    r"\b(?:edit|add|set|put|update|change|creat\w*|copy|paste|fill|append|write|modify|insert|place)\b", re.IGNORECASE
)
_ASSIGNMENT = re.compile(r"^\s*[A-Za-z_][\w.]*=\S*(?:\s*#.*)?$|^\s*[A-Za-z_][\w.]*=(?:\"[^\"]*\"|'[^']*')\s*(?:#.*)?$")


class Listing(NamedTuple):
    """Why a fence is the text of a file. ``certain``: nothing in it is typed; ``makes``: somebody makes the file.

    ``bare``: only its first line or its end says so, and its lines could be typed all the same.
    """

    why: str
    certain: bool
    makes: bool
    bare: bool = False


def find_listing(rows: list[str], lead: str) -> Listing | None:
    """Whether the rows of a shell fence, which ``lead`` introduces, are the text of a file."""
    text = "\n".join(rows)
    first = next((row.strip() for row in rows if row.strip()), "")
    makes = mentions(lead, _CREATE_HINTS) and _CREATES.search(lead) is not None and not _RUNS.search(lead)
    if first.startswith("#!"):
        named = any(_FILE_COMMENT.match(row.strip()) for row in rows[1:4])
        bare = not (makes or named or _POSITIONAL.search(text))
        certain = not bare or _ENDS.search(text) is not None
        return Listing("it is the text of a script: it is shown, not typed line by line", certain, makes, bare)
    if _is_env_text(rows, lead):
        return Listing("it is the text of a file with settings, not commands", True, True)
    if _POSITIONAL.search(text) and _has_bare_positional(rows):
        return Listing("it reads $1, which only a script has", makes, makes)
    if makes and _FILE_COMMENT.match(first):
        return Listing("it is the text of a file: it is shown, not typed line by line", True, True)
    return None


def shows_output(lead: str) -> bool:
    """Whether a line announces what will be seen, rather than what to do."""
    return announces_output(lead) or _SHOWS.search(lead) is not None


def announces_output(lead: str) -> bool:
    """Whether a line can only announce what will be seen: "You should see:", "Output:"."""
    return _SEEN.search(lead) is not None


def _has_bare_positional(rows: list[str]) -> bool:
    """``$1`` outside of functions and of single quotes, where it belongs to awk or to the function."""
    text = "\n".join(rows)
    if re.search(r"\(\)\s*\{|\bfunction\s+\w", text) or re.search(r"\bset\s+--\s", text):
        return False
    return any(_POSITIONAL.search(re.sub(r"'[^']*'", "", row)) and "awk" not in row for row in rows)


def _is_env_text(rows: list[str], lead: str) -> bool:
    lines = [row for row in rows if row.strip() and not row.lstrip().startswith("#")]
    if not lines or not all(_ASSIGNMENT.match(row) for row in lines):
        return False
    comments = " ".join(row.strip() for row in rows if row.lstrip().startswith("#"))
    named = f"{lead} {comments}"
    return _ENV_FILE.search(named) is not None and (_EDITS.search(named) is not None or len(lines) > 1)
