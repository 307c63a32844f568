"""The address a request comes from, when proxies stand between the client and this server.

A forwarding header is only as good as the peer that sent it. So the hops are read from the right, where our own
proxies write, and the first one that is not a trusted proxy is the client.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from litestar.types import Scope

from gonogo.kernel.config import Config, ConfigError

IP = IPv4Address | IPv6Address
Networks = tuple[IPv4Network | IPv6Network, ...]
_FORWARDED_FOR = re.compile(r'(?:^|;)\s*for\s*=\s*("[^"]*"|[^;"]*)', re.IGNORECASE)
_MOST_HOPS = 32


def find_client_address(scope: Scope, config: Config) -> str:
    """The client's IP address as text; empty when the connection has none, as a Unix socket."""
    client = scope.get("client")
    if not client:
        return ""
    peer = parse_address(client[0])
    if peer is None:
        return client[0]
    trusted = parse_networks(config.trusted_proxies)
    if not trusted or not _is_trusted(peer, trusted):
        return str(peer)
    return str(_find_first_untrusted(peer, _read_hops(scope), trusted))


def is_trusted(peer: str, config: Config) -> bool:
    """Whether a connection's other end is one of the ``trusted_proxies``."""
    address = parse_address(peer) if config.trusted_proxies else None
    return address is not None and _is_trusted(address, parse_networks(config.trusted_proxies))


@lru_cache(maxsize=16)
def parse_networks(text: str) -> Networks:
    """The networks of ``trusted_proxies``. Raises ``ConfigError``."""
    found = []
    for part in filter(None, (part.strip() for part in text.split(","))):
        try:
            found.append(ip_network(part, strict=False))
        except ValueError as error:
            raise ConfigError(
                f"'trusted_proxies': '{part}' is not an IP address or network. Write it like 10.0.0.5 or 10.0.0.0/8."
            ) from error
    return tuple(found)


def parse_address(text: str) -> IP | None:
    """The address in ``1.2.3.4``, ``1.2.3.4:80``, ``[2001:db8::1]:80`` or ``2001:db8::1``; None for anything else."""
    text = text.strip().strip('"')
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        found = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    return found.ipv4_mapped or found if isinstance(found, IPv6Address) else found


def _find_first_untrusted(peer: IP, hops: Iterator[str], trusted: Networks) -> IP:
    nearest = peer
    for _, hop in zip(range(_MOST_HOPS), hops, strict=False):
        found = parse_address(hop)
        if found is None:
            # What a trusted proxy could not name ("unknown") can't be looked behind.
            return nearest
        nearest = found
        if not _is_trusted(found, trusted):
            break
    return nearest


def _is_trusted(address: IP, trusted: Networks) -> bool:
    return any(address in network for network in trusted)


def _read_hops(scope: Scope) -> Iterator[str]:
    """The forwarded addresses, nearest first. ``X-Forwarded-For`` wins: who sets it passes ``Forwarded`` on as sent."""
    lists = _read_lists(scope, b"x-forwarded-for")
    if lists:
        return reversed(lists)
    matches = (_FORWARDED_FOR.search(element) for element in reversed(_read_lists(scope, b"forwarded")))
    return (match[1] if match else "" for match in matches)


def _read_lists(scope: Scope, name: bytes) -> list[str]:
    values = (value.decode("latin-1") for key, value in scope["headers"] if key == name)
    return [part.strip() for value in values for part in value.split(",")]
