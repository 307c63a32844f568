"""What a command destroys, looked up in destructive.toml by its program and arguments."""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict
from collections.abc import Iterator
from fnmatch import fnmatchcase, translate
from importlib.resources import files
from typing import Literal, NamedTuple

from tree_sitter import Node

from gonogo.releases.hints import list_tokens
from gonogo.releases.reading.alternatives import shorten
from gonogo.releases.reading.flags import has_flag
from gonogo.releases.reading.patterns import Pattern, parse_pattern
from gonogo.releases.reading.words import Simple, list_targets
from gonogo.releases.reading.wrapped import list_carried

Effect = Literal["data", "history", "machine", "namespace", "service", "cloud"]


class Harm(NamedTuple):
    """What is lost when a command runs: ``act`` names the command, ``what`` goes on with a verb."""

    act: str
    what: str
    effect: Effect


class _Act(NamedTuple):
    pattern: Pattern
    what: str
    effect: Effect


class _Statement(NamedTuple):
    words: tuple[frozenset[str], ...]
    gaps: tuple[bool, ...]
    without: frozenset[str]
    clients: frozenset[str]
    what: str


_DATA = tomllib.loads(files(__package__).joinpath("destructive.toml").read_text(encoding="utf-8"))
_HARMLESS = frozenset(_DATA["harmless_flags"])
_REMADE = re.compile("|".join(map(translate, _DATA["remade"])))
_PRECIOUS = re.compile("|".join(map(translate, _DATA["precious"])))
_CLIENTS = frozenset(_DATA["clients"])
_REMOVERS = frozenset({"rm", "find"})
_COPIERS = frozenset({"cp", "mv", "install", "tee"})
_EMPTIES = frozenset({":", "true", "echo", "printf", "cat"})
_WORD = re.compile(r"[A-Za-z_]+")
_LONGEST = 20_000


def find_harm(text: str, node: Node | None) -> Harm | None:
    """The gravest thing that a statement destroys; None when it is not known to destroy anything."""
    if not _may_destroy(text):
        return None
    carried = list(list_carried(text, node))
    found = [harm for simple in carried if (harm := _match_simple(simple)) is not None]
    clients = {simple.program for simple in carried} & _CLIENTS
    if clients and (harm := _match_statements(text, clients)):
        found.append(harm)
    if (harm := _match_writes(text, node, carried)) is not None:
        found.append(harm)
    return min(found, key=lambda harm: harm.effect == "service", default=None)


def _may_destroy(text: str) -> bool:
    return ">" in text or "mkfs." in text or not _TRIGGERS.isdisjoint(list_tokens(text))


def _match_simple(simple: Simple) -> Harm | None:
    acts = _ACTS.get(simple.program) or next((acts for glob, acts in _GLOBBED if fnmatchcase(simple.program, glob)), ())
    if not acts or any(arg.split("=", 1)[0] in _HARMLESS and not arg.endswith("=none") for arg in simple.args):
        return None
    found = [act for act in acts if act.pattern.fits(simple.args)]
    if not found or _is_remade(simple):
        return None
    act = max(found, key=lambda act: act.pattern.weight)
    shown = shorten(" ".join((simple.program, *simple.args)))
    return Harm(shown, act.what, act.effect)


def _is_remade(simple: Simple) -> bool:
    if simple.program not in _REMOVERS:
        return False
    operands = [arg for arg in simple.args if not arg.startswith("-")]
    return bool(operands) and all(_REMADE.match(arg.rstrip("/").removeprefix("./")) for arg in operands)


def _match_writes(text: str, node: Node | None, carried: list[Simple]) -> Harm | None:
    """A file emptied by a bare ``> file``, or one of the precious ones written over."""
    if ">" in text:
        for program, target in list_targets(text, node):
            empties = program in ("", ":", "true") or (program in _EMPTIES and _writes_nothing(text, program))
            if target.startswith("/dev/") and not target.startswith(("/dev/sd", "/dev/nvme", "/dev/vd", "/dev/xvd")):
                continue
            if empties or _is_precious(target):
                return Harm(f"> {shorten(target)}", "overwrites what the file held", "data")
    for simple in carried:
        if simple.program in _COPIERS and not has_flag(simple.args, "-a", "--append", "-n", "--no-clobber"):
            operands = [arg for arg in simple.args if not arg.startswith("-")]
            if operands and _is_precious(operands[-1]) and (len(operands) > 1 or simple.program == "tee"):
                return Harm(f"{simple.program} … {shorten(operands[-1])}", "overwrites what was there", "data")
    return None


def _writes_nothing(text: str, program: str) -> bool:
    return re.search(rf"\b{program}\b\s*(?:-n\s*)?(?:''|\"\"|/dev/null)?\s*>(?!>)", text) is not None


def _is_precious(path: str) -> bool:
    return _PRECIOUS.match(path) is not None


def _match_statements(text: str, clients: set[str]) -> Harm | None:
    words = [word.lower() for word in _WORD.findall(text[:_LONGEST])]
    present = frozenset(words)
    for statement in _STATEMENTS:
        if statement.words[0].isdisjoint(present) or (statement.clients and statement.clients.isdisjoint(clients)):
            continue
        if all(not wanted.isdisjoint(present) for wanted in statement.words) and (at := _find_words(statement, words)):
            return Harm(shorten(" ".join(words[at - 1 : at + 2]).upper()), statement.what, "data")
    return None


def _find_words(statement: _Statement, words: list[str]) -> int | None:
    """Where, counted from 1, the words of a statement begin."""
    for at, word in enumerate(words):
        if word not in statement.words[0]:
            continue
        end = _follow(statement, words, at + 1)
        if end is not None and statement.without.isdisjoint(words[at : end + 40]):
            return at + 1
    return None


def _follow(statement: _Statement, words: list[str], at: int) -> int | None:
    for wanted, gap in zip(statement.words[1:], statement.gaps[1:], strict=True):
        reach = at + 12 if gap else at + 1
        found = next((i for i in range(at, min(reach, len(words))) if words[i] in wanted), None)
        if found is None:
            return None
        at = found + 1
    return at


def _load_acts() -> Iterator[tuple[str, _Act]]:
    for group in _DATA["group"]:
        for text, what in group["acts"]:
            programs, pattern = parse_pattern(text)
            for program in programs:
                yield program, _Act(pattern, what, group["effect"])


def _read_statement(entry: dict[str, str | list[str]]) -> _Statement:
    words, gaps, gap = [], [], False
    for word in entry["words"]:
        if word == "..":
            gap = True
            continue
        words.append(frozenset(word.removesuffix("()") for word in word.split("|")))
        gaps.append(gap)
        gap = False
    without = frozenset(str(entry.get("without", "")).split("|")) - {""}
    return _Statement(tuple(words), tuple(gaps), without, frozenset(entry.get("clients", ())), str(entry["what"]))


_ACTS: dict[str, list[_Act]] = defaultdict(list)
for _program, _act in _load_acts():
    _ACTS[_program].append(_act)
_GLOBBED = [(program, acts) for program, acts in _ACTS.items() if "*" in program]
_STATEMENTS = tuple(_read_statement(entry) for entry in _DATA["statement"])
_TRIGGERS = frozenset(_ACTS) | _CLIENTS | _COPIERS
