"""The front that a service asked for."""

from __future__ import annotations

from gonogo.services.keeper.fronts.front import Front, House, NoFront
from gonogo.services.keeper.fronts.held import HeldFront
from gonogo.services.keeper.fronts.proxied import ProxyFront
from gonogo.services.keeper.fronts.proxies.caddy import Caddy
from gonogo.services.keeper.fronts.proxies.haproxy import Haproxy
from gonogo.services.keeper.fronts.proxies.nginx import Nginx
from gonogo.services.keeper.fronts.shared import SharedFront


def choose_front(house: House) -> Front:
    """By the driver's name."""
    spec = house.spec
    if spec.driver == "socket":
        return HeldFront(*spec.address)
    if spec.driver == "reuseport":
        return SharedFront(*spec.address)
    if spec.driver == "caddy":
        return ProxyFront(house, Caddy(house.folder), HeldFront(*spec.address))
    if spec.driver == "nginx":
        return ProxyFront(house, Nginx(house.folder, spec.listen or ""))
    if spec.driver == "haproxy":
        return ProxyFront(house, Haproxy(house.folder, spec.listen or ""))
    return NoFront(spec.port)
