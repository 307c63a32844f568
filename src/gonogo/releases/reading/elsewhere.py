"""What is typed in another shell or client: from ``ssh host`` or ``psql shop`` to its end, over fences too."""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict
from importlib.resources import files
from typing import Literal, NamedTuple

from tree_sitter import Node

from gonogo.releases.hints import list_tokens
from gonogo.releases.reading.alternatives import shorten
from gonogo.releases.reading.interactive import wants_person
from gonogo.releases.reading.outline import Section
from gonogo.releases.reading.patterns import Pattern, parse_pattern
from gonogo.releases.reading.programs import PROMPTS
from gonogo.releases.reading.words import Simple
from gonogo.releases.reading.wrapped import find_remote, list_carried

Kind = Literal["shell", "client"]
_LABEL_DEPTH = 7
_SHELLS = frozenset({"bash", "sh", "zsh", "ash", "dash", "ksh", "fish"})
_CLIENTS = (PROMPTS - _SHELLS) | {"sftp", "ftp", "telnet"}
_CONTAINERS = frozenset(
    {"docker", "podman", "nerdctl", "docker-compose", "podman-compose", "kubectl", "oc", "lxc", "incus"}
)
_ENTERS = frozenset({"exec", "run", "attach", "rsh", "debug"})
_LEAVES = re.compile(
    r"^\s*(?:exit|logout|quit|bye|disconnect|\\q|\.(?:exit|quit)|:q(?:uit)?|(?:quit|exit)\(\)|\^D|ctrl[-+ ]?d"
    r"|press ctrl[-+ ]?d|exit 0)\s*;?\s*(?:#.*)?$",
    re.IGNORECASE,
)


class Stay(NamedTuple):
    """An open shell or client: what opened it, on which line, and the section that it ends with."""

    opener: str
    line: int
    kind: Kind
    home: Section
    typed: bool = False

    @property
    def why(self) -> str:
        return f"it is typed in `{self.opener}`, which line {self.line} opens: type it there"

    def note_typed(self, section: Section) -> Stay:
        """The stay once something of ``section`` was typed in it: it ends with the heading that holds both."""
        if self.typed or _is_inside(section, self.home):
            return self._replace(typed=True)
        return self if self.home.above is None else self._replace(home=self.home.above, typed=True)


def find_opener(text: str, node: Node | None) -> Kind | None:
    """Which prompt a command leaves somebody at; None when it comes back by itself."""
    if _MENTIONS.isdisjoint(list_tokens(text)):
        return None
    found: Kind | None = None
    for simple in list_carried(text, node):
        if not (simple.fed or simple.background):
            # What a carrier runs inside knows better than the carrier which prompt it is.
            found = _open(simple) or found
    return found


def leaves(text: str) -> bool:
    """Whether a line ends the shell or client that it is typed in."""
    return _LEAVES.match(text) is not None


def find_home(section: Section) -> Section:
    """The heading that a bold label stands under; a heading itself."""
    while section.depth >= _LABEL_DEPTH and section.above is not None:
        section = section.above
    return section


def reaches(stay: Stay, section: Section) -> bool:
    """Whether a stay goes on in ``section``: below its heading, or beside it when nothing was typed there yet."""
    home = stay.home
    if _is_inside(section, home):
        return True
    if stay.typed or (section.role == "rollback") != (home.role == "rollback"):
        return False
    return home.above is None or _is_inside(section, home.above)


def _is_inside(section: Section, home: Section) -> bool:
    at: Section | None = section
    while at is not None:
        if at is home:
            return True
        at = at.above
    return False


def _open(simple: Simple) -> Kind | None:
    program, args = simple.program, simple.args
    for kind, pattern in _PATTERNS.get(program, ()):
        if pattern.fits(args):
            return kind
    if program == "ssh":
        remote = find_remote(simple)
        return "shell" if wants_person(simple) or (remote and remote[-1] in _SHELLS) else None
    if program in _SHELLS:
        return "shell" if wants_person(simple) or args in (("-l",), ("-i",), ("-il",), ("--login",)) else None
    if program in _CONTAINERS:
        return "shell" if not _ENTERS.isdisjoint(args) and wants_person(simple) else None
    return "client" if program in _CLIENTS and wants_person(simple) else None


def describe_opener(text: str) -> str:
    """An opener on one short line."""
    return shorten(" ".join(text.split()), 60)


def _load_patterns() -> dict[str, list[tuple[Kind, Pattern]]]:
    data = tomllib.loads(files(__package__).joinpath("sessions.toml").read_text(encoding="utf-8"))
    found: dict[str, list[tuple[Kind, Pattern]]] = defaultdict(list)
    kinds: tuple[Kind, ...] = ("shell", "client")
    for kind in kinds:
        for text in data[kind]:
            programs, pattern = parse_pattern(text)
            for program in programs:
                found[program].append((kind, pattern))
    return found


_PATTERNS = _load_patterns()
_MENTIONS = frozenset(_PATTERNS) | _SHELLS | _CLIENTS | _CONTAINERS | {"ssh", "sudo", "doas", "su"}
