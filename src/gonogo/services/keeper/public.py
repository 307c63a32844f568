"""A tunnel's public address: found, asked for from outside in; the tunnel is started anew when nobody answers there."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

from gonogo.services.keeper.probe import find_fault_at, read_body
from gonogo.services.spec import PublicUrl

if TYPE_CHECKING:
    from gonogo.services.keeper.supervising import Keeper

LOOK_S = 0.5
"""How often to look for the address while it is not known."""


async def watch_public(keeper: Keeper, public: PublicUrl) -> None:
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


async def _ask(keeper: Keeper, public: PublicUrl, url: str) -> str | None:
    if public.check is None:
        return None
    address = f"{url.rstrip('/')}{public.check}"
    fault = await find_fault_at(address, keeper.spec.health.timeout)
    return f"{address}: {fault}" if fault else None


async def _restart(keeper: Keeper, fault: str) -> None:
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
