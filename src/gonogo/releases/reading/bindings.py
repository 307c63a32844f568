"""What a team's own words mean: phrases bound to signals, roles bound to people."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import msgspec

_WORD = re.compile(r"[a-z0-9.]+")


class Bindings(msgspec.Struct, frozen=True, kw_only=True):
    """The ``[signals]`` and ``[roles]`` tables of gonogo.toml.

    ``signals`` maps a phrase ("error rate") to a signal ("http.error_rate"); ``roles`` maps a role to e-mails.
    """

    signals: dict[str, str] = {}
    roles: dict[str, tuple[str, ...]] = {}

    def find_signal(self, text: str) -> str | None:
        """The signal of the longest bound phrase that ``text`` contains, plural and case aside."""
        if not self.signals:
            return None
        said = f" {fold_words(text)} "
        held = [phrase for phrase in self.signals if f" {fold_words(phrase)} " in said]
        return self.signals[max(held, key=len)] if held else None

    def names_role(self, role: str) -> bool:
        """Whether at least one person is named for ``role``."""
        wanted = fold_words(role)
        return any(people and fold_words(name) == wanted for name, people in self.roles.items())


def bind_tables(tables: Mapping[str, Mapping[str, Any]]) -> Bindings:
    """The bindings in the tables of gonogo.toml; a role may name one person or a list."""
    roles = {
        role: (names,) if isinstance(names, str) else tuple(names) for role, names in tables.get("roles", {}).items()
    }
    return Bindings(signals=dict(tables.get("signals", {})), roles=roles)


@lru_cache(maxsize=4096)
def fold_words(text: str) -> str:
    """Lower-case words without plural endings, so that "Error rates:" meets "error rate"."""
    return " ".join(_singular(word.strip(".")) for word in _WORD.findall(text.lower().replace("_", " ")))


def _singular(word: str) -> str:
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word
