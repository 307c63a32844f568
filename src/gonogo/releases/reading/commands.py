"""What becomes of one command: it runs by itself, a person chooses, or it can't run as written."""

from __future__ import annotations

import re
from typing import NamedTuple

from tree_sitter import Node

from gonogo.releases.hints import list_tokens
from gonogo.releases.plan import Doubt, Runs
from gonogo.releases.reading.alternatives import shorten
from gonogo.releases.reading.bare import split_bare
from gonogo.releases.reading.destroys import Effect, find_harm
from gonogo.releases.reading.elsewhere import find_opener
from gonogo.releases.reading.endless import find_endless
from gonogo.releases.reading.interactive import wants_person
from gonogo.releases.reading.natures import TEXT, read_nature
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
from gonogo.releases.reading.shell import LONGEST_LINE, parse_shell
from gonogo.releases.reading.weakness import find_weakness
from gonogo.releases.reading.words import Simple, list_simple

# A quick look before the syntax tree is walked: most commands hold none of these words.
_SUSPECT = EDITORS | MONITORS | SERVERS | PROMPTS | ASKING | SUSPECT_ARGS
_SUSPECT_FLAGS = frozenset("fFiwtp")
_SCRIPT_PLACES = ("./", "../", "/usr/", "/opt/", "/bin/", "~/", "bin/", "scripts/")
_SENTENCE_WORDS = frozenset({"is", "are", "and", "or", "must", "should"})
_EDITOR = re.compile(
    r"(?:^|[\s;&|])(?:[A-Z_]*EDITOR|VISUAL)=(?!true\b|:|cat\b|/bin/true|\S*sed\b)\S|(?:^|\s)\$\{?(?:EDITOR|VISUAL)\b"
)
_ASSIGNMENT = re.compile(r"[A-Za-z_]\w*=")
_LOOP = re.compile(r"\bwhile\s+(?:true|:|\[\s*1\s*\])\s*(?:;|\n)|\bfor\s*\(\(\s*;\s*;\s*\)\)|\buntil\s+false\b")


class Assessment(NamedTuple):
    """The decision on one command. ``finding`` names the lint rule it breaks, ``weak`` says why exit 0 proves little,
    ``effect`` what kind of thing it destroys.
    """

    runs: Runs
    why: str = ""
    doubt: Doubt | None = None
    finding: str | None = None
    weak: str = ""
    is_command: bool = True
    effect: Effect | None = None


def assess_command(text: str, node: Node | None = None) -> Assessment:
    """Judge one command by its words alone; where it stands in the document is the caller's affair."""
    if len(text) > LONGEST_LINE and (node is None or max(map(len, text.split("\n"))) > LONGEST_LINE):
        return Assessment("ask", "this is too long to be understood: a person decides", "unread")
    nature = read_nature(text, node)
    if nature in TEXT and nature != "doubtful":
        return Assessment("never", "this is not a command: it is shown, never run", "text", is_command=False)
    if placeholder := find_placeholder(text):
        why = f'fill in "{shorten(placeholder)}" first: as written the command can\'t work'
        return Assessment("ask", why, "placeholder", "placeholder")
    weak = find_weakness(text, node)
    if nature == "doubtful":
        return Assessment("ask", "this may be words or output: say whether it is a command", "text", None, weak)
    if node is None and split_bare(text) is None and parse_shell(text).has_error:
        return Assessment("ask", "this can't be read as shell: say whether it is a command", "unread", None, weak)
    if "break" not in text and _loops(text):
        return Assessment("ask", "this loop never ends: a person starts and stops it", "endless", "never-ending", weak)
    if found := _assess_programs(text, node):
        return found._replace(weak=weak)
    if harm := find_harm(text, node):
        why = f"`{harm.act}` {harm.what}: a person decides"
        return Assessment("ask", why, "destroys", "destructive", weak, effect=harm.effect)
    return Assessment("auto", weak=weak)


def _loops(text: str) -> bool:
    return ("while" in text or "for" in text or "until" in text) and _LOOP.search(text) is not None


def _assess_programs(text: str, node: Node | None) -> Assessment | None:
    if find_opener(text, node):
        why = "it opens another shell or client, where somebody types on: do it by hand"
        return Assessment("ask", why, "interactive", "interactive")
    if "EDITOR" in text and _EDITOR.search(text):
        return Assessment("ask", "it opens an editor: do it by hand, then tick it", "interactive", "interactive")
    if _is_suspect(text):
        return next((found for simple in list_simple(text, node) if (found := _assess_simple(simple))), None)
    return None


def looks_like_command(text: str) -> bool:
    """Whether text is not certainly something else: output, words, another language."""
    return bool(text.strip()) and read_nature(text, None) not in TEXT - {"doubtful"}


def starts_command(text: str) -> bool:
    """Whether text of unknown nature (a code span, a fence without language) opens like a shell command."""
    words = text.split()
    while words and (words[0] in ("sudo", "time", "nohup") or ("=" in words[0] and _ASSIGNMENT.match(words[0]))):
        words = words[1:]
    if not words:
        return False
    word = words[0]
    if word.startswith(_SCRIPT_PLACES) or word.endswith((".sh", ".bash")):
        return len(words) > 1 or word.endswith((".sh", ".bash", ".py")) or word.startswith("./")
    if word not in KNOWN and word not in SHELL_WORDS:
        return False
    return len(words) == 1 or not (words[1].endswith((",", ":")) or words[1] in _SENTENCE_WORDS)


def _is_suspect(text: str) -> bool:
    words = list_tokens(text)
    return not _SUSPECT.isdisjoint(words) or any(
        word[0] == "-" and word[1:2] != "-" and not _SUSPECT_FLAGS.isdisjoint(word) for word in words
    )


def _assess_simple(simple: Simple) -> Assessment | None:
    if wants_person(simple):
        why = f"{simple.program} waits for somebody to type: do it by hand, then tick it"
        return Assessment("ask", why, "interactive", "interactive")
    if name := find_endless(simple):
        why = f'"{shorten(name)}" never ends by itself: a person starts and stops it'
        return Assessment("ask", why, "endless", "never-ending")
    return None
