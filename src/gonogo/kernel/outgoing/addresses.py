"""Which addresses are public: everything that is not set aside by IANA's registries or serves a cloud's metadata.

Source: IANA IPv4 and IPv6 Special-Purpose Address Registries; RFC 6052, 8215 (NAT64), 3056 (6to4), 4380 (Teredo).
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

_SET_ASIDE: tuple[Network, ...] = tuple(
    ip_network(text)
    for text in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "168.63.129.16/32",  # Azure's wire server: a public number that means the machine's own host
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",
        "2001::/23",
        "2001:db8::/32",
        "2002::/16",
        "3fff::/20",
    )
)
_GLOBAL_UNICAST = IPv6Network("2000::/3")
_NAT64 = IPv6Network("64:ff9b::/96")
_SIX_TO_FOUR = IPv6Network("2002::/16")


_PRIVATE: tuple[Network, ...] = tuple(
    ip_network(text)
    for text in (
        *("127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "::1/128", "fc00::/7"),
    )
)
_METADATA: tuple[Network, ...] = (ip_network("fd00:ec2::254/128"), ip_network("100.100.100.200/32"))
"""Of clouds that serve it inside a private network."""


def is_private(address: Address) -> bool:
    """Whether the address is of this machine or of somebody's own network."""
    if any(address in network for network in _METADATA if network.version == address.version):
        return False
    if find_embedded(address) is not None:
        return True  # the guard judges the inner one by itself
    return any(address in network for network in _PRIVATE if network.version == address.version)


def is_public(address: Address) -> bool:
    """Whether the address is one that anybody on the internet may have."""
    if isinstance(address, IPv6Address) and (address.scope_id or address not in _GLOBAL_UNICAST):
        return False
    return not any(address in network for network in _SET_ASIDE if network.version == address.version)


def find_embedded(address: Address) -> IPv4Address | None:
    """The IPv4 address that traffic to this one ends at: IPv4-mapped or -compatible, NAT64, 6to4."""
    if isinstance(address, IPv4Address):
        return None
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address in _SIX_TO_FOUR:
        return address.sixtofour
    if address in _NAT64 or (int(address) >> 32 == 0 and int(address) > 1):
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return None


def read_address(text: str) -> Address | None:
    """``text`` as an address if it is one in its usual form; a zone (``%eth0``) stays with it."""
    try:
        return ip_address(text.strip("[]"))
    except ValueError:
        return None
