"""The guard against requests to our own network: an address is resolved, judged and pinned in one step.

aiohttp connects to exactly the addresses that ``GuardedResolver`` gave, and each is judged once more as its socket is
made, literal or resolved; a name whose answer changes in between gains nothing by it.
"""

from __future__ import annotations

import socket
from ipaddress import ip_network
from typing import Any

from gonogo.kernel.config import ConfigError
from gonogo.webhooks.addresses import Network, find_embedded, is_public, read_address


class AddressRefused(OSError):
    """The address is not public and nobody has allowed it."""


class Guard:
    """What may be connected to. ``allowed`` names networks (``10.1.0.0/16``) and hosts (``ci.internal``)."""

    def __init__(self, allowed: str = "") -> None:
        words = [word.strip() for word in allowed.split(",") if word.strip()]
        networks = {word: _read_network(word) for word in words}
        self._networks = [network for network in networks.values() if network is not None]
        self._hosts = frozenset(word.lower() for word, network in networks.items() if network is None)
        self._vouched: set[str] = set()

    def permits(self, text: str) -> bool:
        """Whether this address may be connected to. One that embeds another needs leave for both."""
        address = read_address(text)
        if address is None:
            return False
        embedded = find_embedded(address)
        if embedded is not None and not self.permits(str(embedded)):
            return False
        inside = any(address in network for network in self._networks if network.version == address.version)
        return inside or text in self._vouched or is_public(address)

    def check_address(self, text: str) -> None:
        """Raise ``AddressRefused`` unless the address may be connected to."""
        if not self.permits(text):
            raise AddressRefused(
                f"{text} is not a public address. If it is meant, an administrator adds it to webhooks_allow."
            )

    def sift(self, host: str, addresses: list[str]) -> list[str]:
        """Those of a name's addresses that may be connected to. Raises ``AddressRefused`` when none may."""
        if host.lower().rstrip(".") in self._hosts:
            self._vouched.update(addresses)
        kept = [address for address in addresses if self.permits(address)]
        if not kept:
            raise AddressRefused(
                f"{host} resolves to {', '.join(addresses)}, which is not public. If it is meant, an administrator "
                "adds the host or its network to webhooks_allow."
            )
        return kept

    def open_socket(self, info: Any) -> socket.socket:
        """aiohttp's socket factory: the last look, at the very address that is about to be connected to."""
        family, kind, protocol, _, place = info
        self.check_address(place[0])
        return socket.socket(family, kind, protocol)


def _read_network(word: str) -> Network | None:
    try:
        return ip_network(word)
    except ValueError:
        if "/" in word:
            raise ConfigError(f"'webhooks_allow': {word} is no network. Write it as 10.1.0.0/16.") from None
        return None
