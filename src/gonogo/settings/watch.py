"""Noticing that another program wrote to the database: the port; ``watches/`` has one adapter a database."""

from __future__ import annotations

from typing import NamedTuple, Protocol


class Sighting(NamedTuple):
    """The store's committed version, and whether rows are marked that others edited."""

    version: int
    has_edits: bool


class Watch(Protocol):
    """Cheap enough to be asked a hundred times a second."""

    def look(self) -> Sighting | None:
        """What there is to see, or None when nothing was committed since the last look."""
        ...

    def is_replaced(self) -> bool:
        """Whether the database at its address is no longer the one that was opened."""
        ...

    def close(self) -> None: ...
