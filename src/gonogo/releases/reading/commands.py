"""What becomes of one command: it runs by itself, a person chooses, or it can't run as written."""

from __future__ import annotations

import re
from collections.abc import Container
from typing import NamedTuple

from tree_sitter import Node

from gonogo.releases.plan import Doubt, Runs
from gonogo.releases.reading.alternatives import shorten
from gonogo.releases.reading.endless import find_endless
from gonogo.releases.reading.interactive import wants_person
from gonogo.releases.reading.placeholders import find_placeholder
from gonogo.releases.reading.programs import (
    ASKING,
    EDITORS,
    KNOWN,
    MONITORS,
    PROMPTS,
    SERVERS,
    SHELL_WORDS,
    SUSPECT_ARGS,
)
from gonogo.releases.reading.shell import LONGEST_LINE
from gonogo.releases.reading.words import Simple, list_simple

_CRON = re.compile(r"^\s*(?:@(?:reboot|hourly|daily|weekly|monthly|yearly)\s|(?:[\d*/,-]+\s+){4}[\d*/,A-Za-z-]+\s+\S)")
_PROSE = re.compile(r"^[A-Z][a-z]+(?:,? (?:[A-Za-z][\w'’-]*|\([^)]*\)|\d+|&|/|-|—|–))+[.:!?]?$")
_OUTPUT = re.compile(
    r"^(?:https?://\S*$|[{}\[\]]+,?$|[\"'{\[]\s*[\"'\w]+[\"']?\s*:|[|+=*─━│┌├└-]{2,}|[✓✔✗✘✅❌●○•→←▶]"
    r"|<[/!?a-zA-Z]|\d+[\s%.]"
    r"|[\w.-]+:\s(?!.*[|&;])|[A-Z_]+ +\d+$|HTTP/\d|-{1,2}\s?\w+\s*$|\.{3}|%|\d+$)"
)
# A quick look before the syntax tree is walked: most commands hold none of these words.
_WORD = re.compile(r"[\w.-]+")
_SUSPECT = EDITORS | MONITORS | SERVERS | PROMPTS | ASKING | SUSPECT_ARGS
_SUSPECT_FLAGS = frozenset("fFiwtp")
_SCRIPT_PLACES = ("./", "../", "/usr/", "/opt/", "/bin/", "~/", "bin/", "scripts/")
_SENTENCE_WORDS = frozenset({"is", "are", "and", "or", "must", "should"})
_CURL = re.compile(r"(?:^|[\s;&|(])curl\s")
_JUDGED = re.compile(
    r"\s(?:-\w*f\w*|--fail(?:-with-body|-early)?)(?=\s|$)|http_code|response_code|--write-out|\s-w\s"
    r"|\|\|\s*(?!true)|\|\s*(?:jq\s+-\w*e|grep)"
)
_DESTROY = re.compile(
    r"\brm\s+-\w*[rf]\w*\s+(?:-\w+\s+)*(?:/|~|\$HOME|\*)/?(?:\s|$)|\b(?:terraform|tofu|pulumi) destroy\b|\bmkfs\b"
    r"|\bdd\b.*\bof=/dev/|(?i:\bdrop (?:database|schema)\b|\bdropdb\b)"
)
_ASSIGNED = re.compile(r"(?:^|[;&|\s(])(?:export |local |readonly |declare (?:-\w+ )?)?([A-Za-z_]\w*)=")
_LOOP = re.compile(r"\bwhile\s+(?:true|:|\[\s*1\s*\])\s*(?:;|\n)|\bfor\s*\(\(\s*;\s*;\s*\)\)|\buntil\s+false\b")


class Assessment(NamedTuple):
    """The decision on one command. ``finding`` names the lint rule it breaks; ``weak``: exit 0 proves little."""

    runs: Runs
    why: str = ""
    doubt: Doubt | None = None
    finding: str | None = None
    weak: bool = False
    is_command: bool = True


def assess_command(text: str, node: Node | None = None) -> Assessment:
    """Judge one command by its words alone; where it stands in the document is the caller's affair."""
    if not looks_like_command(text):
        return Assessment("never", "this is not a command: it is shown, never run", "text", is_command=False)
    if placeholder := find_placeholder(text):
        why = f'fill in "{shorten(placeholder)}" first: as written the command can\'t work'
        return Assessment("ask", why, "placeholder", "placeholder")
    weak = is_weak(text)
    if node is None and len(text) > LONGEST_LINE:
        return Assessment("ask", "this is too long to be understood: a person decides", "unread", None, weak)
    if _DESTROY.search(text):
        why = "what this destroys may not come back: a person decides"
        return Assessment("ask", why, "destroys", "destructive", weak)
    if "break" not in text and _LOOP.search(text):
        return Assessment("ask", "this loop never ends: a person starts and stops it", "endless", "never-ending", weak)
    if _is_suspect(text):
        for simple in list_simple(text, node):
            found = _assess_simple(simple)
            if found is not None:
                return found._replace(weak=weak)
    return Assessment("auto", weak=weak)


def looks_like_command(text: str) -> bool:
    """Whether a line of a shell fence is a command at all, not prose, output, a schedule or data."""
    first = text.lstrip()
    if _CRON.match(first) or _OUTPUT.match(first):
        return False
    word = first.split(None, 1)[0] if first else ""
    if not word or not (word[0].isalnum() or word[0] in "./~$_([{:!\"'\\<>"):
        return False
    return not (_PROSE.match(first) and word not in KNOWN)


def starts_command(text: str) -> bool:
    """Whether text of unknown nature (a code span, a fence without language) opens like a shell command."""
    words = text.split()
    while words and (re.match(r"^[A-Za-z_]\w*=", words[0]) or words[0] in ("sudo", "time", "nohup")):
        words = words[1:]
    if not words:
        return False
    word = words[0]
    if word.startswith(_SCRIPT_PLACES) or word.endswith((".sh", ".bash")):
        return len(words) > 1 or word.endswith((".sh", ".bash", ".py")) or word.startswith("./")
    if word not in KNOWN and word not in SHELL_WORDS:
        return False
    return len(words) == 1 or not (words[1].endswith((",", ":")) or words[1] in _SENTENCE_WORDS)


def is_weak(text: str) -> bool:
    """Whether exit 0 proves little: curl without -f exits 0 on HTTP 500."""
    return _CURL.search(text) is not None and _JUDGED.search(text) is None


def list_assigned(text: str) -> set[str]:
    """The variables a command sets."""
    names = set(_ASSIGNED.findall(text)) if "=" in text else set()
    if "read " in text:
        names.update(re.findall(r"\bread\s+(?:-\w+\s+(?:\"[^\"]*\"\s+|'[^']*'\s+)?)*([A-Za-z_]\w*)", text))
    return names


def find_used(text: str, names: Container[str]) -> str | None:
    """The first of ``names`` that the command reads as a variable."""
    if "$" not in text:
        return None
    return next((name for name in re.findall(r"\$\{?([A-Za-z_]\w*|!)", text) if name in names), None)


def _is_suspect(text: str) -> bool:
    return any(
        word in _SUSPECT or (word[0] == "-" and word[1:2] != "-" and not _SUSPECT_FLAGS.isdisjoint(word))
        for word in _WORD.findall(text)
    )


def _assess_simple(simple: Simple) -> Assessment | None:
    if wants_person(simple):
        why = f"{simple.program} waits for somebody to type: do it by hand, then tick it"
        return Assessment("ask", why, "interactive", "interactive")
    if name := find_endless(simple):
        why = f'"{shorten(name)}" never ends by itself: a person starts and stops it'
        return Assessment("ask", why, "endless", "never-ending")
    return None
