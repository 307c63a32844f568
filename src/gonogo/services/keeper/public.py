"""A tunnel's public address: found, asked for from outside in; the tunnel is started anew when nobody answers there."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from typing import Any, Protocol

from gonogo.services.keeper.instance import Instance
from gonogo.services.keeper.probe import find_fault_at, read_body
from gonogo.services.spec import PublicUrl, ServiceSpec

LOOK_S = 0.5
"""How often to look for the address while it is not known."""


class Tunnel(Protocol):
    """What the watch needs of the tunnel's keeper."""

    spec: ServiceSpec
    url: str | None
    outside: str

    @property
    def instances(self) -> Sequence[Instance]: ...

    def set_url(self, url: str | None) -> None: ...

    def set_outside(self, fault: str) -> None: ...

    def note(self, name: str, instance: Instance | None, **data: Any) -> None: ...


async def watch_public(keeper: Tunnel, public: PublicUrl) -> None:
    """Go on until cancelled."""
    bad = 0
    while True:
        if public.api is not None:
            keeper.set_url(await _find_url(public.api, keeper.spec.health.timeout))
        if keeper.url is None:
            keeper.outside = "its public address is not known yet"
            await asyncio.sleep(LOOK_S)
            continue
        fault = await _ask(keeper, public, keeper.url)
        bad = bad + 1 if fault else 0
        keeper.set_outside(fault or "")
        if bad >= keeper.spec.health.unhealthy_after:
            bad = 0
            await _restart(keeper, fault or "")
        await asyncio.sleep(keeper.spec.health.every)


async def _ask(keeper: Tunnel, public: PublicUrl, url: str) -> str | None:
    if public.check is None:
        return None
    address = f"{url.rstrip('/')}{public.check}"
    fault = await find_fault_at(address, keeper.spec.health.timeout)
    return f"{address}: {fault}" if fault else None


async def _restart(keeper: Tunnel, fault: str) -> None:
    for instance in keeper.instances:
        keeper.note("unhealthy", instance, why=fault)
        await instance.restart()


async def _find_url(api: str, timeout_s: float) -> str | None:
    """The first tunnel that ngrok's own API lists, those by HTTPS before others."""
    try:
        listed: Any = json.loads(await read_body(api, timeout_s))
        urls = [tunnel["public_url"] for tunnel in listed["tunnels"]]
    except (OSError, TimeoutError, ValueError, KeyError, TypeError):
        return None  # it has not started yet, or is just ending
    return min(urls, key=lambda url: not url.startswith("https"), default=None)
