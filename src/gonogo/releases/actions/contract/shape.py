"""The shape of JSON answers: which fields there are, of which types, which of them always. Pure.

A path is written as ``$.sources[].name``; with ``[0]`` in place of ``[]`` it is one place in one answer.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any

import msgspec

Scalar = str | int | float | bool | None
_INDEX = re.compile(r"\[\d+\]")


class Field(msgspec.Struct, frozen=True):
    """One field over all answers. ``required`` when every object that could hold it did."""

    types: tuple[str, ...]
    required: bool


class Leaf(msgspec.Struct, frozen=True):
    """One value in one answer; lists and objects are leaves too, their value aside."""

    path: str
    type: str
    value: Scalar = None


def list_leaves(answer: Any, path: str = "$") -> Iterator[Leaf]:
    """Everything in an answer, the root first."""
    if isinstance(answer, dict):
        yield Leaf(path, "object")
        for name, value in answer.items():
            yield from list_leaves(value, f"{path}.{name}")
    elif isinstance(answer, list):
        yield Leaf(path, "array", len(answer))
        for number, value in enumerate(answer):
            yield from list_leaves(value, f"{path}[{number}]")
    else:
        yield Leaf(path, name_type(answer), answer)


def name_type(value: Any) -> str:
    """The JSON type; whole numbers apart from others, since typed clients tell them apart."""
    if value is None or isinstance(value, bool):
        return "null" if value is None else "boolean"
    if isinstance(value, int | float):
        return "integer" if isinstance(value, int) else "number"
    return "string"


def read_fields(answers: Sequence[Any]) -> dict[str, Field]:
    """The fields of these answers by path."""
    types: dict[str, set[str]] = defaultdict(set)
    holders: dict[str, int] = defaultdict(int)
    present: dict[str, int] = defaultdict(int)
    for answer in answers:
        for leaf in list_leaves(answer):
            path = generalise(leaf.path)
            types[path].add(leaf.type)
            present[path] += 1
            holders[path] += leaf.type == "object"
    return {
        path: Field(tuple(sorted(seen)), _is_always(path, present, holders)) for path, seen in sorted(types.items())
    }


def read_values(answers: Sequence[Any], masks: Sequence[str]) -> dict[str, Scalar]:
    """The values by place that were the same in all answers and are not masked; a list's is its length."""
    if not answers:
        return {}
    first, *others = ({leaf.path: leaf for leaf in list_leaves(answer)} for answer in answers)
    return {
        path: leaf.value
        for path, leaf in first.items()
        if leaf.type != "object" and not is_masked(path, masks) and all(other.get(path) == leaf for other in others)
    }


def is_masked(path: str, masks: Sequence[str]) -> bool:
    """Whether a mask names this path, or something it lies in. ``*`` stands for anything."""
    general = generalise(path)
    return any(
        fnmatchcase(_escape(general), _escape(mask)) or general.startswith((f"{mask}.", f"{mask}["))
        for mask in map(_root, masks)
    )


def generalise(path: str) -> str:
    """The path with its places in lists left open."""
    return _INDEX.sub("[]", path)


def find_missing(answers: Sequence[Any], path: str) -> str | None:
    """Where a required field is not there, in words; None when it always is."""
    parent, _, name = path.rpartition(".")
    for answer in answers:
        for place, value in _collect(answer).items():
            if isinstance(value, dict) and generalise(place) == parent and name not in value:
                return f"{place}.{name}"
    return None


def _collect(answer: Any, path: str = "$") -> Mapping[str, Any]:
    found = {path: answer}
    pairs: list[tuple[str, Any]] = []
    if isinstance(answer, dict):
        pairs = [(f"{path}.{name}", value) for name, value in answer.items()]
    elif isinstance(answer, list):
        pairs = [(f"{path}[{number}]", value) for number, value in enumerate(answer)]
    for inner, value in pairs:
        found |= _collect(value, inner)
    return found


def _is_always(path: str, present: Mapping[str, int], holders: Mapping[str, int]) -> bool:
    parent = path.rpartition(".")[0]
    return not path.endswith("[]") and (not parent or present[path] == holders[parent])


def _root(mask: str) -> str:
    return mask if mask.startswith("$") else f"$.{mask}"


def _escape(path: str) -> str:
    # Square brackets are places here, not sets of letters.
    return path.replace("[", "(").replace("]", ")")
