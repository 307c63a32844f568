"""Whether the programs of a command are there: known, on PATH, defined above, or made earlier in the run."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import NamedTuple

from tree_sitter import Node

from gonogo.releases.hints import mentions
from gonogo.releases.reading.programs import KNOWN, SHELL_WORDS
from gonogo.releases.reading.surroundings import Surroundings
from gonogo.releases.reading.words import list_simple, walk_nodes

_INSTALLS = re.compile(
    r"\b(?:npm|pnpm|yarn|bun)\s+(?:install|i|add|global)\b|\b(?:pip3?|pipx|uv|gem|cargo|go|brew|apt|apt-get|yum|dnf|apk"
    r"|zypper|snap|choco|conda|poetry|composer|asdf|mise|sdk|rustup|krew|helm plugin)\b[^\n]{0,60}?\b(?:install"
    r"|add|use|sync|tap)\b"
)
# What may bring files that no reading can know of.
_BRINGS = re.compile(
    r"\b(?:git\s+(?:clone|pull|checkout|switch|fetch|merge|reset|submodule|worktree|lfs|apply|stash)|tar|unzip"
    r"|make|cmake"
    r"|ninja|gradlew?|mvnw?|cargo|go|gcc|npm|yarn|pnpm|pip3?|curl|wget|cp|mv|ln|install|rsync|scp|docker\s+cp|aws\s+s3"
    r"|gsutil|tee|touch|chmod|cat\s*>|gh\s+(?:release|repo)|terraform|ansible\S*|bazel|just|task|rake)\b|>\s*\S"
)
_MOVES = re.compile(r"(?:^|[;&|(]\s*)(?:cd|pushd|popd)\b")
_CHANGES_PATH = re.compile(
    r"\bPATH=|(?:^|[;&|]\s*)(?:source|\.)\s|\b(?:nvm|rbenv|pyenv|asdf|mise|conda|sdk|fnm|volta)\s+(?:use|activate"
    r"|shell|global|local)"
    r"|\balias\s|\beval\s"
)
_INSTALL_HINTS = tuple("install npm yarn bun add use sync tap".split())  # noqa: SIM905
_CHANGES_HINTS = tuple("path= source nvm rbenv pyenv asdf mise conda sdk fnm volta alias eval".split())  # noqa: SIM905
_DOT = re.compile(r"\.\s")
_PATHLIKE = re.compile(r"^(?:\.{0,2}/|~/|\$|[\w.@-]+/)|\.(?:sh|bash|py|rb|pl|js|bat|cmd)$")
_PARENTHESES = re.compile(r"\(\s*\)")
_NAMES = re.compile(r"[A-Za-z][\w.-]*")


class Absent(NamedTuple):
    """A program that is not there. ``why`` is a sentence."""

    program: str
    why: str


@dataclass(slots=True)
class Presence:
    """What has been defined, installed or brought so far, on top of what is there to begin with."""

    surroundings: Surroundings = field(default_factory=Surroundings)
    defined: set[str] = field(default_factory=set)
    installed: set[str] = field(default_factory=set)
    brought: int | None = None
    extended: bool = False

    def find_absent(self, text: str, node: Node | None) -> Absent | None:
        """The first program of a statement that is not known to be there."""
        own = _list_defined(text, node) if "()" in text or "function " in text else frozenset[str]()
        for simple in list_simple(text, node):
            word = simple.word or simple.program
            if word not in own and not self._is_there(word):
                return Absent(word, self._explain(word))
        return None

    def learn(self, text: str, node: Node | None, line: int) -> None:
        """Remember what a command of the way leaves behind for the ones below it."""
        if _PARENTHESES.search(text) or "function " in text or "alias " in text:
            self.defined |= _list_defined(text, node)
        if mentions(text, _INSTALL_HINTS) and _INSTALLS.search(text):
            self.installed |= set(_NAMES.findall(text))
        if self.brought is None and (_BRINGS.search(text) or _MOVES.search(text)):
            self.brought = line
        self.extended = self.extended or _changes_path(text)

    def _is_there(self, word: str) -> bool:
        if word in SHELL_WORDS or word in self.defined or word.startswith(("$", "`", "-", "(", "<", ">")):
            return True
        if word in self.installed:
            return True
        if _PATHLIKE.search(word):
            return self._is_file_there(word)
        exists = self.surroundings.exists
        if exists is None or self.extended:
            return word in KNOWN or (exists is not None and exists(word))
        return exists(word)

    def _is_file_there(self, path: str) -> bool:
        exists = self.surroundings.exists
        if exists is None or self.brought is not None or "$" in path or path.startswith("~"):
            return True
        return exists(path)

    def _explain(self, word: str) -> str:
        if self.surroundings.exists is None:
            return f'"{word}" is not a program that Gonogo knows: say whether it is a command'
        if "/" in word:
            return f"{word} is not here, and nothing above this line makes it"
        return f'"{word}" is not on PATH here, and nothing above this line installs it'


def _changes_path(text: str) -> bool:
    hinted = mentions(text, _CHANGES_HINTS) or _DOT.search(text) is not None
    return hinted and _CHANGES_PATH.search(text) is not None


def is_plain_command(text: str, node: Node | None) -> bool:
    """Whether every program of a statement is one that anybody knows, or a file of the project."""
    simples = list_simple(text, node)
    if not simples:
        return text.lstrip().startswith(("[", "(("))
    return all(
        simple.word in KNOWN or simple.word in SHELL_WORDS or _PATHLIKE.search(simple.word) is not None
        for simple in simples
    )


def starts_program(text: str) -> bool:
    """Whether a statement starts with a well-known program that is no word of the shell itself."""
    word = text.split(None, 1)[0] if text.strip() else ""
    return word in KNOWN and word not in SHELL_WORDS


def _list_defined(text: str, node: Node | None) -> set[str]:
    names = set(re.findall(r"\balias\s+([\w.-]+)=", text))
    if node is None:
        return names | set(re.findall(r"(?:^|\n)\s*(?:function\s+)?([\w.-]+)\s*\(\)\s*\{?", text))
    for at in walk_nodes(node):
        if at.type == "function_definition" and (name := at.child_by_field_name("name")) is not None:
            names.add((name.text or b"").decode(errors="replace"))
    return names
