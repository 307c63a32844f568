"""The one way by which changes of this process reach the database and then the memory."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from functools import partial
from time import perf_counter
from typing import Any, TypeVar

from gonogo.kernel.auth.actor import Actor
from gonogo.kernel.auth.authorise import authorise
from gonogo.kernel.db.database import Tx
from gonogo.kernel.errors import Forbidden
from gonogo.kernel.kernel import Kernel
from gonogo.settings.changes import Commit, Wanted
from gonogo.settings.definition import Definition
from gonogo.settings.errors import BadValue, BadValues, SettingNotFound
from gonogo.settings.live import LiveSettings
from gonogo.settings.measures import Measures
from gonogo.settings.search.index import SearchIndex
from gonogo.settings.store.reading import list_commits, load_all
from gonogo.settings.store.recording import record_changes

T = TypeVar("T")
CATCH_UP_MOST = 20_000


class Desk:
    """Checks, commits and applies changes; a part of the kernel, so that every command and route finds it."""

    def __init__(self, kernel: Kernel, live: LiveSettings, index: SearchIndex, measures: Measures) -> None:
        self.kernel = kernel
        self.live = live
        self.index = index
        self.measures = measures
        self._finishing: set[asyncio.Task[Any]] = set()
        self._writing = 0

    @property
    def is_writing(self) -> bool:
        """Whether changes of this process are on their way to the database, or from there into the memory."""
        return self._writing > 0 or bool(self._finishing)

    def get_definition(self, key: str) -> Definition:
        """The definition of a setting. Raises ``SettingNotFound`` with the nearest keys."""
        definition = self.live.definitions.get(key)
        if definition is None:
            raise SettingNotFound(key, self.index.find_near_keys(key))
        return definition

    def encode_values(self, values: Mapping[str, Any], actor: Actor) -> dict[str, str]:
        """Stored texts of ``values``, all checked. Raises ``BadValues``, ``SettingNotFound`` or ``Forbidden``."""
        definitions = [self.get_definition(key) for key in values]
        authorise_all(actor, definitions)
        texts, problems = {}, []
        for key, value in values.items():
            try:
                texts[key] = self.live.codec.encode(key, value)
            except BadValue as error:
                problems.append({"detail": error.detail, **error.extra})
        if problems:
            told = " ".join(problem["detail"] for problem in problems[:5])
            raise BadValues(f"Nothing was changed: {told}", field=problems[0]["key"], problems=problems)
        return texts

    async def commit(self, wanted: Wanted, actor: Actor) -> Commit | None:
        """Write and apply what differs; None when nothing does. Raises ``VersionConflict``."""
        self.live.check_environment(wanted.environment)
        codec, started = self.live.codec, perf_counter()

        def change(tx: Tx) -> Commit | None:
            commit = record_changes(tx, codec, wanted, actor)
            if commit is not None:
                tx.after_commit(partial(self._apply_next, commit))
            return commit

        self._writing += 1
        try:
            commit = await self.kernel.db.write(change)
            await self.take(commit)
        finally:
            self._writing -= 1
        self.measures.note_write(perf_counter() - started, len(commit.changes) if commit is not None else 0)
        return commit

    async def finish(self, change: Callable[[Tx], T], take: Callable[[T], Awaitable[None]]) -> T:
        """Run ``change`` in a transaction and ``take`` its value, even when the caller stops waiting."""

        async def work() -> T:
            value = await self.kernel.db.write(change)
            await take(value)
            return value

        # Without the shield, a client that hangs up after COMMIT would leave the memory behind the database.
        task = asyncio.create_task(work())
        self._finishing.add(task)
        task.add_done_callback(self._finishing.discard)
        return await asyncio.shield(task)

    async def take(self, commit: Commit | None) -> None:
        """Apply a commit of ours; when others' came before it, read those too."""
        if commit is None:
            return
        self._apply_next(commit)
        if commit.version > self.live.version:
            await self.catch_up()

    async def catch_up(self) -> None:
        """Apply everything that is committed and not yet in memory."""
        after = self.live.version
        commits = await self.kernel.db.read(lambda tx: list_commits(tx, after=after, limit=CATCH_UP_MOST))
        for commit in commits:
            if commit.version <= self.live.version:
                continue
            if commit.version > self.live.version + 1 or not self._knows(commit):
                await self.reload()
                return
            self.live.apply(commit)

    async def reload(self) -> None:
        """Read the whole store anew."""
        before = self.live.snapshot
        stored = await self.kernel.db.read(load_all)
        if stored.version < self.live.version:
            return
        commits = await self.kernel.db.read(lambda tx: list_commits(tx, after=before.version, limit=CATCH_UP_MOST))
        self.live.load(stored)
        for commit in commits:
            if commit.version <= stored.version:
                self.live.tell(commit, before)

    def _apply_next(self, commit: Commit) -> None:
        if commit.version == self.live.version + 1:
            self.live.apply(commit)

    def _knows(self, commit: Commit) -> bool:
        known_here = commit.environment == "default" or commit.environment in self.live.environments
        return known_here and all(change.key in self.live.definitions for change in commit.changes)


def authorise_all(actor: Actor, definitions: Iterable[Definition]) -> None:
    """Raise ``Forbidden`` for the first setting that the actor's role does not reach."""
    for definition in definitions:
        try:
            authorise(actor, definition.min_role)
        except Forbidden as error:
            raise Forbidden(f"'{definition.key}': {error.detail}", field=definition.key, **error.extra) from error
