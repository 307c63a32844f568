"""Hot reload: another program edits the table, and within milliseconds every reader and client has the value."""

from __future__ import annotations

import structlog

from gonogo.kernel.db.database import Tx
from gonogo.kernel.tasks import Tasks
from gonogo.settings.desk import Desk
from gonogo.settings.store.editing import Taken, take_edits
from gonogo.settings.watch import Watch

log = structlog.get_logger()

LOOK_S = 0.01
REPLACED_EVERY = 100


class Outside:
    """Looks at the watch every ``LOOK_S`` seconds and takes over what it sees."""

    def __init__(self, desk: Desk, watch: Watch) -> None:
        self._desk = desk
        self._watch = watch
        self._looks = 0
        self._newest = 0
        self.is_replaced = False

    async def look(self) -> None:
        """One look. A database that is busy is looked at again at the next."""
        self._looks += 1
        if self._looks % REPLACED_EVERY == 0:
            self._check_file()
        seen = self._watch.look()
        if seen is not None:
            self._newest = seen.version
            if seen.has_edits:
                await self.take()
        # What is under way here is applied by who began it.
        if self._newest > self._desk.live.version and not self._desk.is_writing:
            await self._desk.catch_up()

    async def take(self) -> None:
        """Take over every marked edit."""
        live = self._desk.live
        codec, definitions, environments = live.codec, dict(live.definitions), tuple(live.environments)

        def change(tx: Tx) -> Taken:
            return take_edits(tx, codec, definitions, environments)

        await self._desk.finish(change, self._apply)

    def start(self, tasks: Tasks) -> None:
        """Watch from now on."""
        self._watching = tasks.repeat("watch settings", LOOK_S, self.look)

    async def close(self, tasks: Tasks) -> None:
        """Stop watching: a look at a watch that is closed would fail."""
        await tasks.end(self._watching)
        self._watch.close()

    async def _apply(self, taken: Taken) -> None:
        for commit in taken.commits:
            await self._desk.take(commit)
        for (environment, key), fault in taken.faults.items():
            self._desk.live.set_fault(environment, key, fault)
        refused = sum(fault is not None for fault in taken.faults.values())
        self._desk.measures.note_reload(sum(len(commit.changes) for commit in taken.commits), refused)
        if taken.commits or refused:
            log.info("settings edited from outside", taken=len(taken.commits), refused=refused)

    def _check_file(self) -> None:
        replaced = self._watch.is_replaced()
        if replaced and not self.is_replaced:
            log.error("the database file was replaced while in use; restart Gonogo to work with the new one")
        self.is_replaced = replaced
