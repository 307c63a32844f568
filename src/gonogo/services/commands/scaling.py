"""More or fewer processes, and restarting those that run."""

from __future__ import annotations

from gonogo.kernel.auth.actor import Actor
from gonogo.kernel.auth.authorise import authorise
from gonogo.kernel.db.database import Tx
from gonogo.kernel.errors import BadInput
from gonogo.kernel.kernel import Kernel
from gonogo.services import requests
from gonogo.services.calling import Say
from gonogo.services.commands.foreign import move_foreign
from gonogo.services.foreign.board import ForeignBoard
from gonogo.services.keepers import Keepers
from gonogo.services.store.records import save_record


async def scale_service(kernel: Kernel, actor: Actor, name: str, replicas: int) -> None:
    """Give a service so many processes from now on. Raises ``ServiceNotFound``, ``ServiceDown``, ``BadInput``."""
    authorise(actor, "operator")
    if (runner := kernel.get_part(ForeignBoard).find_runner(name)) is not None:
        return await move_foreign(kernel, actor, name, "service.scaled", runner.scale(replicas))
    keepers = kernel.get_part(Keepers)
    definition = keepers.get_definition(name)
    if definition.spec.port is not None and replicas > 1:
        raise BadInput(
            f"'{name}' takes port {definition.spec.port} itself, so it has one process. Give 'listen' to have more.",
            field="replicas",
        )
    keepers.get_state(name)

    def keep(tx: Tx) -> None:
        save_record(tx, name, replicas=replicas)
        tx.emit("service.scaled", name, {"name": name, "replicas": replicas}, actor)

    async with keepers.hold(name):
        await keepers.ask(name, requests.Scale(replicas))
        await kernel.db.write(keep)
    return None


async def restart_service(kernel: Kernel, actor: Actor, name: str, say: Say = lambda _: None) -> None:
    """End and start a service's processes, one after the other. Raises ``ServiceNotFound``, ``ServiceDown``."""
    authorise(actor, "operator")
    if (runner := kernel.get_part(ForeignBoard).find_runner(name)) is not None:
        return await move_foreign(kernel, actor, name, "service.restarted", runner.restart())
    keepers = kernel.get_part(Keepers)
    keepers.get_definition(name)
    keepers.get_state(name)
    async with keepers.hold(name):
        await keepers.ask(name, requests.Restart(), say)
        await kernel.db.write(lambda tx: tx.emit("service.restarted", name, {"name": name}, actor))
    return None
