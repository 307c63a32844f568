"""The settings in memory: what every reader asks, kept equal to what is committed."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import msgspec

from gonogo.kernel.vault import SealBroken, Vault
from gonogo.settings.buckets import Buckets
from gonogo.settings.changes import Commit, Fault
from gonogo.settings.codec import Codec
from gonogo.settings.definition import Definition
from gonogo.settings.errors import EnvironmentNotFound
from gonogo.settings.models import DEFAULT
from gonogo.settings.snapshot import Snapshot, list_chain
from gonogo.settings.store.reading import Stored, StoredRow


class SettingRow(msgspec.Struct, frozen=True, gc=False):
    """What is known of one setting in one environment beside its value; ``fault`` when its text was refused."""

    version: int
    updated_at: str
    updated_by: str
    fault: Fault | None = None


UNTOUCHED = SettingRow(0, "", "")


class Follower:
    """Whoever keeps something in step with the settings; called on the event loop, in the order of versions."""

    def follow(self, commit: Commit, before: Snapshot, after: Snapshot) -> None:
        """A commit is in memory: ``after`` has replaced ``before``."""

    def restart(self) -> None:
        """Everything was read anew; definitions and environments may be others."""

    def note_fault(self, key: str) -> None:
        """An outside value of this setting was refused, or no longer is."""


class LiveSettings:
    """Reads from any thread; everything else on the event loop.

    ``settings["physics.spring.strength"]`` is the value in force in the default environment.
    """

    def __init__(self, vault: Vault) -> None:
        self.vault = vault
        self._followers: list[Follower] = []
        self._trailing: list[Follower] = []
        self._owed: deque[tuple[Commit, Snapshot, Snapshot]] = deque()
        self._rows: dict[str, dict[str, SettingRow]] = {}
        self.definitions: Mapping[str, Definition] = {}
        self.codec = Codec({}, vault)
        self.snapshot = Snapshot()
        self.revision = 0
        self.reads = 0

    def __getitem__(self, key: str) -> Any:
        self.reads += 1
        return self.snapshot.values[key]

    def __len__(self) -> int:
        return len(self.snapshot.values)

    @property
    def version(self) -> int:
        """The store's version that is in memory."""
        return self.snapshot.version

    @property
    def environments(self) -> Mapping[str, str]:
        """The parent of every named environment."""
        return self.snapshot.parents

    @property
    def faults(self) -> dict[tuple[str, str], Fault]:
        """Refused outside values by environment and key."""
        return {
            (environment, key): row.fault
            for environment, rows in self._rows.items()
            for key, row in rows.items()
            if row.fault is not None
        }

    def load(self, stored: Stored) -> None:
        """Take over the whole store, as at start or after the catalog changed."""
        self.settle()
        self.definitions = stored.definitions
        self.codec = Codec(stored.definitions, self.vault)
        self._rows = {name: {} for name in (DEFAULT, *stored.environments)}
        values: dict[str, dict[str, Any]] = {name: {} for name in self._rows}
        values[DEFAULT] = {key: definition.default for key, definition in stored.definitions.items()}
        for row in stored.rows:
            if row.key in stored.definitions and row.environment in values:
                self._load_row(row, stored, values[row.environment])
        tables = {name: Buckets(own) for name, own in values.items()}
        self.snapshot = Snapshot(stored.version, tables.pop(DEFAULT), tables, stored.environments)
        self.revision += 1
        for follower in (*self._followers, *self._trailing):
            follower.restart()

    def apply(self, commit: Commit) -> None:
        """Take over one commit, the next after ``version``; then tell every follower."""
        before, rows = self.snapshot, self._rows.setdefault(commit.environment, {})
        changed, gone = {}, []
        for change in commit.changes:
            if change.after is not None:
                changed[change.key] = self.codec.decode(change.key, change.after)
                rows[change.key] = SettingRow(change.setting_version, commit.at, commit.by)
            else:
                gone.append(change.key)
                rows.pop(change.key, None)
        self.snapshot = before.replace(commit.version, commit.environment, changed, gone)
        self.revision += 1
        self.tell(commit, before)

    def tell(self, commit: Commit, before: Snapshot) -> None:
        """Let every follower know of a commit that is in memory; ``before`` is the snapshot it replaced."""
        for follower in self._followers:
            follower.follow(commit, before, self.snapshot)
        if not self._owed:
            loop = asyncio.get_running_loop()
            # The loop's next turn is for whoever made the change: it has waited for the disk.
            loop.call_soon(loop.call_soon, self.settle)
        self._owed.append((commit, before, self.snapshot))

    def settle(self) -> None:
        """Let those who trail know of everything that is in memory. They call it before they answer anybody."""
        while self._owed:
            owed = self._owed.popleft()
            for follower in self._trailing:
                follower.follow(*owed)

    def set_fault(self, environment: str, key: str, fault: Fault | None) -> None:
        """Note that a setting's stored text was refused, or that it no longer is."""
        rows = self._rows.setdefault(environment, {})
        rows[key] = msgspec.structs.replace(rows.get(key, UNTOUCHED), fault=fault)
        self.revision += 1
        for follower in (*self._followers, *self._trailing):
            follower.note_fault(key)

    def find_row(self, environment: str, key: str) -> tuple[str, SettingRow]:
        """Where the value in force comes from, and its row there."""
        for name in list_chain(self.environments, environment):
            row = self._rows.get(name, {}).get(key)
            if row is not None:
                return name, row
        return DEFAULT, UNTOUCHED

    def check_environment(self, name: str) -> str:
        """``name`` if there is such an environment. Raises ``EnvironmentNotFound``."""
        if name != DEFAULT and name not in self.environments:
            known = ", ".join([DEFAULT, *self.environments])
            raise EnvironmentNotFound(f"There is no environment '{name}' (known: {known}).", field="environment")
        return name

    def add_follower(self, follower: Follower, *, trails: bool = False) -> None:
        """Keep ``follower`` in step from now on; one that ``trails`` hears of a commit after who made it."""
        (self._trailing if trails else self._followers).append(follower)

    @contextmanager
    def watch(self, prefix: str, callback: Callable[[str, Any], None]) -> Iterator[None]:
        """Call ``callback(key, value)`` at every change of a setting under ``prefix`` while the block runs."""
        watcher = _Watcher(self, prefix, callback)
        self._followers.append(watcher)
        try:
            yield
        finally:
            self._followers.remove(watcher)

    def _load_row(self, row: StoredRow, stored: Stored, values: dict[str, Any]) -> None:
        fault, text = stored.faults.get((row.environment, row.key), (None, row.text))
        key = stored.definitions[row.key].key
        try:
            if text is not None:
                values[key] = self.codec.decode(key, text)
        except (SealBroken, msgspec.DecodeError) as error:
            fault = fault or Fault(row.text, str(error), row.updated_at)
        self._rows[row.environment][key] = SettingRow(row.version, row.updated_at, row.updated_by, fault)


class _Watcher(Follower):
    def __init__(self, live: LiveSettings, prefix: str, callback: Callable[[str, Any], None]) -> None:
        self._live = live
        self._prefix = prefix
        self._callback = callback

    def follow(self, commit: Commit, before: Snapshot, after: Snapshot) -> None:  # noqa: ARG002
        for change in commit.changes:
            if commit.environment == DEFAULT and change.key.startswith(self._prefix):
                self._callback(change.key, after.values[change.key])
