"""Whether a request is meant for this server, and whether a browser's comes from our own pages.

The browser says so itself, so forms need no token.
"""

from __future__ import annotations

import ipaddress
import socket
from functools import lru_cache
from urllib.parse import urlsplit

from litestar.types import Scope

from gonogo.kernel.config import Config
from gonogo.kernel.errors import Forbidden, Problem
from gonogo.kernel.http.addresses import is_trusted

_PORTS = {"http": 80, "https": 443}


class CrossSite(Forbidden):
    """Another site's page sent the request."""

    type, title = "cross-site", "This came from another site"


class UnknownHost(Problem):
    """The request names a host that this server does not go by."""

    status, type, title = 421, "unknown-host", "This server has another name"


class Origins:
    """The names that this server goes by: its public address, loopback, where it listens, and ``allowed_hosts``."""

    def __init__(self, public_url: str, bound: str, allowed_hosts: str) -> None:
        self._public = _normalise(public_url)
        self._public_host = (urlsplit(public_url).hostname or "").lower()
        named = {self._public_host, bound.lower(), *_list_names(allowed_hosts)}
        if not _is_loopback(bound):
            named.add(socket.gethostname().lower())
        self._names = frozenset(named - {""})
        self._suffixes = tuple(name[1:] for name in self._names if name.startswith("*."))

    def refuse_unknown_host(self, host: str | None, server: str) -> None:
        """Raise ``UnknownHost`` unless the ``Host`` header names this server. ``server`` is the address it reached."""
        name = _read_host(host or "")
        if name and (name in self._names or name == server or _is_loopback(name) or name.endswith(self._suffixes)):
            return
        raise UnknownHost(
            f"'{name[:100]}' is not a name of this server. Use its address, or set GONOGO_PUBLIC_URL to the address "
            "that browsers use; GONOGO_ALLOWED_HOSTS takes more names, separated by commas.",
            field="Host",
        )

    def refuse_cross_site(
        self, site: str | None, origin: str | None, scheme: str, host: str | None, *, proof_needed: bool
    ) -> None:
        """Raise ``CrossSite`` unless ``Sec-Fetch-Site``, else ``Origin``, names this server.

        A request with neither header is a program's: it passes unless ``proof_needed``, as where a cookie alone says
        who asks.
        """
        if site is not None:
            ours = site in ("same-origin", "none")
        elif origin is not None:
            ours = _normalise(origin) in self._list_own(scheme, host) - {""}
        else:
            ours = not proof_needed
        if not ours:
            raise CrossSite(
                "A browser's session may change things only from Gonogo's own pages. Programs use an API key instead.",
                field="Origin",
            )

    def _list_own(self, scheme: str, host: str | None) -> set[str]:
        # By its public name the server has its public scheme too, whatever the proxy speaks to it.
        if self._public_host and _read_host(host or "") == self._public_host:
            return {self._public}
        return {self._public, _normalise(f"{scheme}://{host}")}


def find_origins(config: Config) -> Origins:
    """The names of the server with this configuration."""
    return _make_origins(config.public_url, config.host, config.allowed_hosts)


def is_https(scope: Scope, config: Config) -> bool:
    """Whether the browser reaches this server by TLS: its own, or that of a proxy at ``public_url``."""
    return find_scheme(scope, config) == "https" or config.public_url.startswith("https:")


def find_scheme(scope: Scope, config: Config) -> str:
    """``http`` or ``https``, as the browser has it when a trusted proxy says so, else as the connection has it."""
    client = scope.get("client")
    if client and is_trusted(client[0], config):
        sent = next((value for key, value in scope["headers"] if key == b"x-forwarded-proto"), b"")
        first = sent.decode("latin-1").partition(",")[0].strip().lower()
        if first in _PORTS:
            return first
    return {"ws": "http", "wss": "https"}.get(scope["scheme"], scope["scheme"])


@lru_cache(maxsize=16)
def _make_origins(public_url: str, bound: str, allowed_hosts: str) -> Origins:
    return Origins(public_url, bound, allowed_hosts)


def _list_names(text: str) -> set[str]:
    return {name.strip().lower() for name in text.split(",")}


def _read_host(header: str) -> str:
    """The name in a ``Host`` header: without port, brackets, or the dot at the end."""
    name = header.strip().lower()
    if name.startswith("["):
        return name[1:].partition("]")[0]
    return name.partition(":")[0].rstrip(".")


def _is_loopback(name: str) -> bool:
    if name == "localhost":
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def _normalise(origin: str) -> str:
    try:
        parts = urlsplit(origin)
        port = parts.port or _PORTS.get(parts.scheme)
    except ValueError:
        return ""
    return f"{parts.scheme}://{parts.hostname}:{port}" if parts.scheme and parts.hostname else ""
