"""What a shell writes down about the command it ran, and the variables it leaves. Standard library only."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

LONGEST_VALUE = 1 << 16
_MOST_VARIABLES = 4 << 20


@dataclass(frozen=True)
class Facts:
    """``whole`` when the command came to its end instead of leaving by ``exit``; ``pipes`` are its PIPESTATUS."""

    whole: bool = False
    pipes: tuple[int, ...] = ()
    running: tuple[int, ...] = ()
    ended: dict[int, int] = field(default_factory=dict)


def read_facts(path: Path) -> Facts:
    """The facts a shell left; those of a command that left its shell when there are none."""
    try:
        lines = [line.split() for line in path.read_text(encoding="ascii", errors="replace").splitlines()]
    except FileNotFoundError:
        return Facts()
    found: dict[str, list[list[int]]] = {"whole": [], "pipes": [], "running": [], "ended": []}
    for word, *numbers in filter(None, lines):
        if word in found and all(number.isdecimal() for number in numbers):
            found[word].append([int(number) for number in numbers])
    return Facts(
        whole=bool(found["whole"]),
        pipes=tuple(found["pipes"][-1]) if found["pipes"] else (),
        running=tuple(pid for line in found["running"] for pid in line),
        ended={line[0]: line[1] for line in found["ended"] if len(line) == 2},
    )


def read_variables(path: Path) -> dict[str, str]:
    """The variables of a NUL-separated list, such as a shell leaves behind."""
    try:
        text = path.read_bytes().decode("utf-8", "surrogateescape")
    except FileNotFoundError:
        return {}
    pairs = (entry.partition("=") for entry in text.split("\0") if entry)
    # The entry without a name lists the exported ones.
    return {name: value for name, _, value in pairs if name}


def read_exported(path: Path) -> dict[str, str]:
    """Those of them that were exported."""
    variables = read_variables(path)
    try:
        head = path.read_bytes().partition(b"\0")[0].decode("utf-8", "surrogateescape")
    except FileNotFoundError:
        return {}
    return {name: variables[name] for name in head.removeprefix("=").split() if name in variables}


def write_variables(variables: Mapping[str, str], exported: Iterable[str] = ()) -> str:
    """The list that ``read_variables`` reads."""
    names = "".join(f"{name}\n" for name in exported)
    return f"={names}\0" + "".join(f"{name}={value}\0" for name, value in variables.items())


def bound_variables(variables: Mapping[str, str]) -> dict[str, str]:
    """Those that the server has to know: it reads them often, and a shell may hold a file in a variable."""
    kept, size = {}, 0
    for name, value in variables.items():
        size += len(name) + len(value) if len(value) <= LONGEST_VALUE else 0
        if len(value) <= LONGEST_VALUE and size <= _MOST_VARIABLES:
            kept[name] = value
    return kept


def read_all_variables(paths: Iterable[str | Path]) -> dict[int, dict[str, str]]:
    """The variables of several lists, each under its number: one name may have another value in each."""
    return {number: read_variables(Path(path)) for number, path in enumerate(paths)}
