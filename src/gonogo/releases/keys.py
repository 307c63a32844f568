"""The stable name of an item: what it says, under which headings, and which of equals it is."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

_LENGTH = 12


def make_key(headings: Sequence[str], text: str, nth: int) -> str:
    """The key of the ``nth`` item (from 1) that says ``text`` under these headings.

    Example: ``make_key(("Ship", "Deploy"), "make deploy", 1)`` is the same wherever the section moves to.
    """
    words = "\n".join(headings)
    return hashlib.sha256(f"{words}\0{text}\0{nth}".encode()).hexdigest()[:_LENGTH]
