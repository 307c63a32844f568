"""Changes as they are committed: one transaction is one ``Commit``, with one version of the whole store."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """What a command asks for: new texts by key (None: back to what is inherited), and how to tell of it.

    ``expected`` holds versions that the caller has seen; another version in the database is a conflict.
    """

    texts: Mapping[str, str | None]
    action: str
    event: str
    environment: str
    subject: str = ""
    why: str = ""
    expected: Mapping[str, int] = {}


class Change(msgspec.Struct, frozen=True, gc=False):
    """One setting before and after, as stored texts; None is "not set here"."""

    key: str
    before: str | None
    after: str | None
    setting_version: int


class Commit(msgspec.Struct, frozen=True, kw_only=True):
    """One transaction: ``version`` is the store's, ``by`` a name for people."""

    version: int
    environment: str
    changes: tuple[Change, ...]
    action: str
    at: str
    by: str


class Fault(msgspec.Struct, frozen=True):
    """An outside value that was refused: what was found, which rule it breaks, and since when."""

    found: str
    problem: str
    at: str
