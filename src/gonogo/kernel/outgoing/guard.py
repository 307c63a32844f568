"""The guard against requests to our own network: an address is resolved, judged and pinned in one step.

aiohttp connects to exactly the addresses that ``GuardedResolver`` gave, and each is judged once more as its socket is
made, literal or resolved; a name whose answer changes in between gains nothing by it.
"""

from __future__ import annotations

import socket
from ipaddress import ip_network
from typing import Any

from gonogo.kernel.config import Config, ConfigError
from gonogo.kernel.outgoing.addresses import Network, find_embedded, is_private, is_public, read_address


class AddressRefused(OSError):
    """The address is not public and nobody has allowed it."""


def find_refusal(error: BaseException) -> AddressRefused | None:
    """The refusal behind an error of an HTTP library, if there is one."""
    for found in (error, getattr(error, "os_error", None), error.__cause__):
        if isinstance(found, AddressRefused):
            return found
    return None


class Guard:
    """What may be connected to. ``allowed`` names networks (``10.1.0.0/16``) and hosts (``ci.internal``).

    ``option`` is the setting that holds ``allowed``. ``inside`` is for targets that an administrator defined: this
    machine and private networks may be meant, but never a cloud's metadata, other link-local addresses or multicast.
    """

    def __init__(self, allowed: str = "", option: str = "webhooks_allow", *, inside: bool = False) -> None:
        self._option, self._inside = option, inside
        words = [word.strip() for word in allowed.split(",") if word.strip()]
        networks = {word: _read_network(word, option) for word in words}
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
        listed = any(address in network for network in self._networks if network.version == address.version)
        return listed or text in self._vouched or is_public(address) or (self._inside and is_private(address))

    def check_address(self, text: str) -> None:
        """Raise ``AddressRefused`` unless the address may be connected to."""
        if not self.permits(text):
            raise AddressRefused(
                f"{text} is not a public address. If it is meant, an administrator adds it to {self._option}."
            )

    def sift(self, host: str, addresses: list[str]) -> list[str]:
        """Those of a name's addresses that may be connected to. Raises ``AddressRefused`` when none may."""
        if host.lower().rstrip(".") in self._hosts:
            self._vouched.update(addresses)
        kept = [address for address in addresses if self.permits(address)]
        if not kept:
            raise AddressRefused(
                f"{host} resolves to {', '.join(addresses)}, which is not public. If it is meant, an administrator "
                f"adds the host or its network to {self._option}."
            )
        return kept

    def open_socket(self, info: Any) -> socket.socket:
        """aiohttp's socket factory: the last look, at the very address that is about to be connected to."""
        family, kind, protocol, _, place = info
        self.check_address(place[0])
        return socket.socket(family, kind, protocol)


def _read_network(word: str, option: str) -> Network | None:
    try:
        return ip_network(word)
    except ValueError:
        if "/" in word:
            raise ConfigError(f"'{option}': {word} is no network. Write it as 10.1.0.0/16.") from None
        return None


ADMINISTERED = Guard(option="targets_allow", inside=True)
"""For targets of the configuration, where nothing else is listed."""


def open_target_guard(config: Config) -> Guard:
    """The guard of targets that administrators define: checks, scrapes, collectors."""
    return Guard(config.targets_allow, "targets_allow", inside=True)
