"""All values at one version, in an object that never changes: a read is a dictionary look-up.

A change makes a new snapshot and swaps it in with one assignment; readers in other threads, and processes forked
off, keep a whole one.
"""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from gonogo.settings.buckets import Buckets
from gonogo.settings.models import DEFAULT

_NOTHING = Buckets()


@dataclass(frozen=True, slots=True)
class Snapshot:
    """``values`` are those of the default environment, secrets in plain text; ``overlays`` lie over them."""

    version: int = 0
    values: Buckets = field(default_factory=Buckets)
    overlays: Mapping[str, Buckets] = field(default_factory=dict)
    parents: Mapping[str, str] = field(default_factory=dict)

    def view(self, environment: str = DEFAULT) -> Mapping[str, Any]:
        """The values in force in an environment: its own, else its parent's, else the default's."""
        if environment == DEFAULT:
            return self.values
        layers = [self.get_own(name) for name in list_chain(self.parents, environment)]
        # A chain writes to its first layer only, and nobody writes to this one.
        return ChainMap(*layers)  # type: ignore[arg-type]

    def get_own(self, environment: str) -> Buckets:
        """The values that are set in an environment itself."""
        return self.values if environment == DEFAULT else self.overlays.get(environment, _NOTHING)

    def replace(self, version: int, environment: str, changed: Mapping[str, Any], gone: Collection[str]) -> Snapshot:
        """This snapshot with other values of some settings in one environment, and without those that are ``gone``."""
        own = self.get_own(environment).replace(changed, gone)
        if environment == DEFAULT:
            return Snapshot(version, own, self.overlays, self.parents)
        return Snapshot(version, self.values, {**self.overlays, environment: own}, self.parents)


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
