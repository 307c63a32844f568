"""The front that a service asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gonogo.services.keeper.fronts.front import Front, NoFront
from gonogo.services.keeper.fronts.held import HeldFront
from gonogo.services.keeper.fronts.proxied import ProxyFront
from gonogo.services.keeper.fronts.shared import SharedFront
from gonogo.services.keeper.proxies.caddy import Caddy
from gonogo.services.keeper.proxies.haproxy import Haproxy
from gonogo.services.keeper.proxies.nginx import Nginx

if TYPE_CHECKING:
    from gonogo.services.keeper.supervising import Keeper


def choose_front(keeper: Keeper) -> Front:
    """By the driver's name."""
    spec = keeper.spec
    if spec.driver == "socket":
        return HeldFront(*spec.address)
    if spec.driver == "reuseport":
        return SharedFront(*spec.address)
    if spec.driver == "caddy":
        return ProxyFront(keeper, Caddy(keeper.folder), HeldFront(*spec.address))
    if spec.driver == "nginx":
        return ProxyFront(keeper, Nginx(keeper.folder, spec.listen or ""))
    if spec.driver == "haproxy":
        return ProxyFront(keeper, Haproxy(keeper.folder, spec.listen or ""))
    return NoFront(spec.port)
