"""All values at one version, in an object that never changes: a read is a dictionary look-up.

A change makes a new snapshot and swaps it in with one assignment; readers in other threads, and processes forked
off, keep a whole one.
"""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from gonogo.settings.models import DEFAULT


@dataclass(frozen=True, slots=True)
class Snapshot:
    """``values`` are those of the default environment, secrets in plain text; ``overlays`` lie over them."""

    version: int = 0
    values: dict[str, Any] = field(default_factory=dict)
    overlays: Mapping[str, dict[str, Any]] = field(default_factory=dict)
    parents: Mapping[str, str] = field(default_factory=dict)

    def view(self, environment: str = DEFAULT) -> Mapping[str, Any]:
        """The values in force in an environment: its own, else its parent's, else the default's."""
        if environment == DEFAULT:
            return self.values
        layers = [self.overlays.get(name, {}) for name in list_chain(self.parents, environment)[:-1]]
        return ChainMap(*layers, self.values)

    def replace(self, version: int, environment: str, values: dict[str, Any]) -> Snapshot:
        """This snapshot with another whole set of values in one environment."""
        if environment == DEFAULT:
            return Snapshot(version, values, self.overlays, self.parents)
        return Snapshot(version, self.values, {**self.overlays, environment: values}, self.parents)


def list_chain(parents: Mapping[str, str], environment: str) -> list[str]:
    """``environment`` and those it inherits from, nearest first; the default comes last."""
    return list(_climb(parents, environment))


def _climb(parents: Mapping[str, str], environment: str) -> Iterator[str]:
    seen: set[str] = set()
    while environment != DEFAULT and environment not in seen:
        seen.add(environment)
        yield environment
        environment = parents.get(environment, DEFAULT)
    yield DEFAULT
