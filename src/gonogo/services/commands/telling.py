"""What keepers noted becomes events of the house, also what they noted while no Gonogo was there."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import msgspec
import structlog

from gonogo.kernel.auth.actor import SYSTEM
from gonogo.kernel.db.database import Tx
from gonogo.kernel.errors import Problem
from gonogo.kernel.kernel import Kernel
from gonogo.services.commands.starting import start_services
from gonogo.services.commands.swapping import conclude_swap
from gonogo.services.keepers import Keepers
from gonogo.services.state import Entry, KeeperState, SwapResult
from gonogo.services.store.records import find_record, list_records, save_record
from gonogo.services.versions import write_launch

log = structlog.get_logger()
TOLD = {
    "crashed": "service.crashed",
    "gave_up": "service.gave_up",
    "recovered": "service.recovered",
    "unhealthy": "service.unhealthy",
    "drained": "service.drained",
    "url_changed": "service.url_changed",
    "front_failed": "service.front_failed",
    "orphans_ended": "service.orphans_ended",
}
"""A keeper's entries that are worth keeping, and the events they become."""
_SWAPS = ("swapped", "swap_failed")


class Telling:
    """Listens to keepers on behalf of the event log."""

    def __init__(self, kernel: Kernel) -> None:
        self._kernel = kernel
        self._seen: dict[str, int] = {}

    async def tell(self, name: str, state: KeeperState) -> None:
        """Write down what this state's journal has that was not seen before."""
        if name not in self._seen:
            record = await self._kernel.db.read(lambda tx: find_record(tx, name))
            self._seen[name] = record.seen if record is not None else 0
        news = [entry for entry in state.journal if entry.seq > self._seen[name]]
        if not news:
            return
        self._seen[name] = news[-1].seq
        if any(entry.name in TOLD or entry.name in _SWAPS for entry in news):
            base = write_launch(self._kernel.get_part(Keepers).get_definition(name).spec.launch)
            await self._kernel.db.write(lambda tx: _keep(tx, name, news, base))

    async def mourn(self, name: str) -> None:
        """A keeper is gone. Unless the service was taken down, it is started again."""
        if self._kernel.config.embedded:
            return
        keepers = self._kernel.get_part(Keepers)
        async with keepers.hold(name):
            record = await self._kernel.db.read(lambda tx: find_record(tx, name))
        if record is None or record.wanted == "down" or keepers.find_state(name) is not None:
            return
        told = {"name": name, "why": "its keeper is gone"}
        await self._kernel.db.write(lambda tx: tx.emit("service.lost", name, told, SYSTEM))
        await start_wanted(self._kernel, [name])


async def start_wanted(kernel: Kernel, names: Sequence[str]) -> None:
    """Start services without being asked; one that can't start is logged and shown, and keeps no other one back."""
    for name in names:
        try:
            await start_services(kernel, SYSTEM, [name])
        except Problem as problem:
            log.error("a service could not be started", service=name, why=problem.detail)


async def list_wanted(kernel: Kernel) -> list[str]:
    """The services that should run and don't, in the order of their needs."""
    keepers = kernel.get_part(Keepers)
    records = await kernel.db.read(list_records)
    return [
        name
        for name, definition in keepers.definitions.items()
        if keepers.find_state(name) is None
        and definition.autostart
        and (name not in records or records[name].wanted == "up")
    ]


async def settle_swaps(kernel: Kernel) -> None:
    """End the record of swaps whose keeper no longer knows of them."""
    keepers = kernel.get_part(Keepers)
    why = "Gonogo and the keeper ended before the swap did"
    for name in keepers.definitions:
        state = keepers.find_state(name)
        if state is None or state.swapping is None:
            await kernel.db.write(partial(conclude_swap, name=name, result=None, why=why))


def _keep(tx: Tx, name: str, news: Sequence[Entry], base: str) -> None:
    for entry in news:
        if entry.name in _SWAPS:
            conclude_swap(tx, name, msgspec.convert(entry.data, SwapResult), base=base)
        elif entry.name in TOLD:
            tx.emit(TOLD[entry.name], name, {"name": name, **entry.data}, SYSTEM)
    save_record(tx, name, seen=news[-1].seq)


async def start_all(kernel: Kernel) -> None:
    """What a starting Gonogo does: find what runs, end what was left open, start what is missing."""
    keepers = kernel.get_part(Keepers)
    await keepers.find_running()
    await settle_swaps(kernel)
    if not kernel.config.embedded:
        await start_wanted(kernel, await list_wanted(kernel))
