"""The program at the other end of a sign-in: from where, with what, and whether its browser is known."""

from __future__ import annotations

from ipaddress import IPv6Address, ip_address

import msgspec

LONGEST_NAME = 200


class Client(msgspec.Struct, frozen=True):
    """``address`` and ``program`` (its User-Agent) are what the request says; ``device`` is a known browser's token."""

    address: str = ""
    program: str = ""
    device: str = ""

    @property
    def network(self) -> str:
        """What one person holds at least: the address, or the /64 around an IPv6 address."""
        try:
            address = ip_address(self.address)
        except ValueError:
            return self.address
        if not isinstance(address, IPv6Address):
            return self.address
        return str(address.ipv4_mapped or IPv6Address(int(address) >> 64 << 64))


UNKNOWN = Client()
