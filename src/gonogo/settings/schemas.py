"""What requests carry."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec

from gonogo.kernel.numbers import LARGEST

Version = Annotated[int, msgspec.Meta(ge=0, le=LARGEST)]
Why = Annotated[str, msgspec.Meta(max_length=1000, description="Why, for the history.")]


class SetValue(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A new value. With ``version`` (the setting's, as it was read) it loses against a change made since."""

    value: Any
    version: Version | None = None
    why: Why = ""


class Batch(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Many changes in one transaction: new values, keys to unset, and versions as they were read, by key."""

    values: dict[str, Any] = {}
    unset: list[str] = []
    versions: dict[str, Version] = {}
    why: Why = ""


class Undo(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which change to take back: its ``id`` in the history, or the newest."""

    id: Version | None = None
    why: Why = ""


class Restore(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The moment to go back to: an instant (ISO 8601) or a version of the store. ``dry_run`` only shows it."""

    at: str | None = None
    version: Version | None = None
    dry_run: bool = False
    why: Why = ""


class Reason(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why, for the history."""

    why: Why = ""


class NewEnvironment(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What an environment inherits from."""

    parent: str = "default"


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """One change of the history; secrets are masked."""

    id: int
    version: int
    key: str
    environment: str
    before: Any
    after: Any
    action: str
    at: str
    by: str
    why: str


class PresetSummary(msgspec.Struct, frozen=True, kw_only=True):
    """A preset, how many settings it sets, and in how many of them it differs from what is in force."""

    name: str
    label: str
    description: str
    count: int
    differing: int
