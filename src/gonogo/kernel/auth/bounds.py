"""What a key's scopes are bound to: one host, one prefix of signals, some types of jobs, some connectors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import msgspec

ANYTHING = "*"
Text = Annotated[str, msgspec.Meta(max_length=200)]
Texts = Annotated[tuple[Text, ...], msgspec.Meta(max_length=100)]


class Bound(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``*`` is every host or signal; no types or connectors are all of them. A type may end in ``*``."""

    host: Text = ""
    prefix: Text = ""
    types: Texts = ()
    connectors: Texts = ()

    def covers_host(self, host: str) -> bool:
        """Whether samples of this host may be sent."""
        return self.host in (ANYTHING, host) and bool(self.host)

    def covers_signal(self, name: str) -> bool:
        """Whether samples of this signal may be pushed."""
        return self.prefix == ANYTHING or (bool(self.prefix) and name.startswith(self.prefix))

    def covers_type(self, type: str) -> bool:
        """Whether jobs of this type may be enqueued, read or worked on."""
        return _covers(self.types, type)

    def covers_connector(self, connector: str) -> bool:
        """Whether a worker may offer this connector."""
        return _covers(self.connectors, connector)

    def describe(self) -> str:
        """``host web-1, types report.*`` for lists and messages; empty when nothing is bound."""
        parts = [f"{name} {value}" for name, value in (("host", self.host), ("prefix", self.prefix)) if value]
        lists = (("types", self.types), ("connectors", self.connectors))
        return ", ".join(parts + [f"{name} {' '.join(values)}" for name, values in lists if values])


def _covers(patterns: Sequence[str], name: str) -> bool:
    return not patterns or any(
        name.startswith(pattern[:-1]) if pattern.endswith(ANYTHING) else name == pattern for pattern in patterns
    )
