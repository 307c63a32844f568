"""A setting as the API shows it, encoded once per change: a read over HTTP sends bytes that lie ready."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from gonogo.kernel.auth.actor import Role
from gonogo.settings.changes import Commit, Fault
from gonogo.settings.definition import Definition, SettingType
from gonogo.settings.errors import SettingNotFound
from gonogo.settings.live import Follower, LiveSettings
from gonogo.settings.models import DEFAULT
from gonogo.settings.snapshot import Snapshot
from gonogo.settings.validation import MASK

LISTS_KEPT = 32


class SettingView(msgspec.Struct, frozen=True, kw_only=True):
    """One setting with its definition. ``origin`` is the environment that the value comes from."""

    key: str
    value: Any
    default: Any
    modified: bool
    type: SettingType
    category: str
    label: str
    description: str
    min: int | float | str | None
    max: int | float | str | None
    step: int | float | None
    choices: tuple[str | int | float, ...]
    pattern: str | None
    unit: str
    secret: bool
    restart_required: bool
    min_role: Role
    version: int
    updated_at: str
    updated_by: str
    origin: str
    problem: Fault | None


class Filter(msgspec.Struct, frozen=True):
    """Which settings a list holds; ``modified`` compares with the default."""

    environment: str = DEFAULT
    category: str | None = None
    prefix: str | None = None
    modified: bool | None = None


class Views(Follower):
    """The bytes of every setting and of recent lists, in the default environment and the others."""

    def __init__(self, live: LiveSettings) -> None:
        self._live = live
        self._encoded: dict[str, bytes] = {}
        self._lists: dict[Filter, bytes] = {}
        live.add_follower(self)

    def view(self, key: str, environment: str = DEFAULT) -> SettingView:
        """One setting. Raises ``SettingNotFound`` without near keys; the caller who can search adds them."""
        definition = self._live.definitions.get(key)
        if definition is None:
            raise SettingNotFound(key, ())
        return self._make(definition, environment, self._live.snapshot.view(environment)[key])

    def show_default(self, definition: Definition) -> SettingView:
        """One that stands at its default, in the store or not."""
        return self._make(definition, DEFAULT, definition.default)

    def list_views(self, chosen: Filter) -> list[SettingView]:
        """Every setting that passes the filter, in the catalog's order."""
        values = self._live.snapshot.view(chosen.environment)
        made = (self._make(d, chosen.environment, values[d.key]) for d in self._find(chosen))
        return [view for view in made if chosen.modified in (None, view.modified)]

    def encode(self, key: str) -> bytes | None:
        """The whole answer for one setting of the default environment; None when there is none."""
        known = self._encoded.get(key)
        if known is None and key in self._live.definitions:
            known = self._encoded[key] = msgspec.json.encode(self.view(key))
        return known

    def encode_list(self, chosen: Filter) -> bytes:
        """The whole answer for a list."""
        known = self._lists.get(chosen)
        if known is None:
            if len(self._lists) >= LISTS_KEPT:
                self._lists.clear()
            known = self._lists[chosen] = self._join_list(chosen)
        return known

    def _join_list(self, chosen: Filter) -> bytes:
        if chosen.environment == DEFAULT and chosen.modified is None:
            parts: Iterable[bytes] = (self.encode(d.key) or b"" for d in self._find(chosen))
        else:
            parts = map(msgspec.json.encode, self.list_views(chosen))
        version = str(self._live.version).encode()
        return b'{"status":"success","data":[' + b",".join(parts) + b'],"store_version":' + version + b"}"

    def _find(self, chosen: Filter) -> Iterable[Definition]:
        for definition in self._live.definitions.values():
            in_category = chosen.category is None or definition.category == chosen.category
            if in_category and (chosen.prefix is None or definition.key.startswith(chosen.prefix)):
                yield definition

    def _make(self, definition: Definition, environment: str, value: Any) -> SettingView:
        origin, row = self._live.find_row(environment, definition.key)
        hide = definition.secret
        fault = row.fault
        if fault is not None and hide:
            fault = msgspec.structs.replace(fault, found=MASK)
        return SettingView(
            key=definition.key,
            value=MASK if hide else value,
            default=MASK if hide else definition.default,
            modified=not is_equal(value, definition.default),
            type=definition.type,
            category=definition.category,
            label=definition.label,
            description=definition.description,
            min=definition.min,
            max=definition.max,
            step=definition.step,
            choices=definition.choices,
            pattern=definition.pattern,
            unit=definition.unit,
            secret=definition.secret,
            restart_required=definition.restart_required,
            min_role=definition.min_role,
            version=row.version,
            updated_at=row.updated_at,
            updated_by=row.updated_by,
            origin=origin,
            problem=fault,
        )

    def follow(self, commit: Commit, before: Snapshot, after: Snapshot) -> None:  # noqa: ARG002
        self._lists.clear()
        if commit.environment == DEFAULT:
            for change in commit.changes:
                self._encoded.pop(change.key, None)

    def restart(self) -> None:
        self._lists.clear()
        self._encoded.clear()

    def note_fault(self, key: str) -> None:
        self._lists.clear()
        self._encoded.pop(key, None)


def is_equal(one: Any, other: Any) -> bool:
    """Equality as JSON has it: true is not 1."""
    return bool(one == other) and isinstance(one, bool) == isinstance(other, bool)
