"""Forgetting a host that is gone for good."""

from __future__ import annotations

from gonogo.kernel.auth.actor import Actor
from gonogo.kernel.auth.authorise import authorise
from gonogo.kernel.db.database import Tx
from gonogo.kernel.kernel import Kernel
from gonogo.observe.commands.health import HealthLedger
from gonogo.observe.desk import Desk
from gonogo.observe.errors import HostHere
from gonogo.observe.signals import forget_host_signals
from gonogo.observe.store.health import forget_health
from gonogo.observe.store.recording import delete_host


async def forget_host(kernel: Kernel, actor: Actor, host: str) -> None:
    """Take a host off every list. What is stored of it goes with age; when it reports again it is back.

    Raises ``Forbidden``, ``HostNotFound``, or ``HostHere`` for the machine that Gonogo runs on.
    """
    authorise(actor, "operator")
    desk = kernel.get_part(Desk)
    if desk.fleet.get(host).host == desk.fleet.local:
        raise HostHere(f"'{host}' is the machine that Gonogo runs on; it would be back in five seconds.", field="host")

    def forget(tx: Tx) -> None:
        delete_host(tx, host)
        forget_health(tx, host)
        tx.emit("host.forgotten", host, {}, actor)

    await kernel.db.write(forget)
    desk.fleet.forget(host)
    desk.noted_at.pop(host, None)
    kernel.get_part(HealthLedger).forget(host)
    forget_host_signals(kernel.signals, host)
