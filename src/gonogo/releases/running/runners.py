"""All runs that are under way in this process."""

from __future__ import annotations

from functools import partial
from typing import Any

from gonogo.kernel.auth.actor import SYSTEM
from gonogo.kernel.db.database import Tx
from gonogo.kernel.kernel import Kernel
from gonogo.releases import store
from gonogo.releases.errors import WrongMove
from gonogo.releases.journal import Fact
from gonogo.releases.plan import Item
from gonogo.releases.record.files import find_folder
from gonogo.releases.record.ledger import Ledger, Run
from gonogo.releases.running.intake import read_hosts
from gonogo.releases.running.locks import renew_lock
from gonogo.releases.running.orphans import recover_ended
from gonogo.releases.running.runner import Runner
from gonogo.releases.shell.orphan import end_orphan, inspect_orphan
from gonogo.releases.shell.session import Session


class Runners:
    """Starts a runner for a run, wakes it, and takes up again what a killed server left."""

    def __init__(self, kernel: Kernel) -> None:
        self._kernel = kernel
        self._runners: dict[str, Runner] = {}

    def wake(self, run: str, *, interrupt: int | None = None, adopts: bool = True) -> None:
        """Something was written to the run's journal: let its runner look.

        ``interrupt`` is the entry that wants the command under way ended. A process that lives only for one command
        goes on with a run only if it ``adopts`` it: a tick from the command line must not begin the next step.
        """
        runner = self._runners.get(run)
        if runner is None and self._kernel.config.embedded and not adopts:
            return
        if runner is None:
            runner = self._runners[run] = Runner(self._kernel, run)
            task = self._kernel.tasks.spawn(f"release {run}", runner.run())
            task.add_done_callback(lambda _task: self._forget(run, runner))
        runner.wake(interrupt=interrupt)

    async def take_up(self) -> None:
        """Find the runs that were under way when the server ended, and go on with them."""
        ledger = self._kernel.get_part(Ledger)
        for run in await self._kernel.db.read(store.list_unfinished):
            await self._kernel.db.write(partial(_note_restart, ledger, run))
            self.wake(run)

    async def renew_locks(self) -> None:
        """Prolong the deploy locks of the runs that are under way here."""
        for run, runner in tuple(self._runners.items()):
            target = runner.target
            if target is not None:
                await self._kernel.db.write(partial(renew_lock, target, run))

    def recover_orphan(self, run: Run, item: Item) -> dict[str, Any]:
        """What a command that ended unseen comes to, as the data of its ``item_finished``. Raises WrongMove."""
        session = self._open_session(run.id)
        attempt = run.state.get_item(item.id).attempt
        orphan = inspect_orphan(session.files(item.id, attempt))
        if orphan.state != "ended" or orphan.exit_code is None:
            raise WrongMove(f"'{item.text}' has no exit code to go by: {orphan.why}.", field="item")
        return recover_ended(session, run, item, attempt, orphan.exit_code)

    async def end_orphan(self, run: Run, item: str) -> None:
        """End what a killed server left running of this item, if anything."""
        seen = run.state.get_item(item)
        if seen.status == "unknown" and seen.orphan == "running":
            session = self._open_session(run.id)
            await end_orphan(session.files(item, seen.attempt))

    def _open_session(self, run: str) -> Session:
        return Session(find_folder(self._kernel.config, run), read_hosts(self._kernel), run=run)

    def _forget(self, run: str, runner: Runner) -> None:
        if self._runners.get(run) is runner:
            del self._runners[run]
        if runner.was_woken:
            self.wake(run)


def _note_restart(ledger: Ledger, run: str, tx: Tx) -> None:
    fact = Fact(name="resumed", data={"why": "The server was started again."})
    ledger.append(tx, ledger.get(tx, run), [fact], SYSTEM)
