"""Rules of an endpoint that a pattern can't state."""

from __future__ import annotations

import base64
import binascii
import socket
from collections.abc import Iterable
from urllib.parse import urlsplit

from gonogo.kernel.errors import BadInput
from gonogo.kernel.outgoing.addresses import read_address
from gonogo.kernel.outgoing.guard import AddressRefused, Guard
from gonogo.webhooks.errors import BadAddress
from gonogo.webhooks.signatures import Scheme, SigningKey

OURS = frozenset(
    {
        *("host", "content-length", "content-type", "transfer-encoding", "connection", "user-agent"),
        *("webhook-id", "webhook-timestamp", "webhook-signature", "accept-encoding", "expect", "upgrade"),
    }
)
SHORTEST_SECRET, LONGEST_SECRET = 24, 64


def check_url(guard: Guard, url: str) -> None:
    """Raise ``BadAddress`` for an address that could never be delivered to. Names are judged when connecting."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise BadAddress(f"'url': {error}. Write it as https://host/path.", field="url") from error
    if not parts.hostname or not _is_name(parts.hostname):
        raise BadAddress("'url' names no host that can be. Write it as https://host/path.", field="url")
    if port == 0:
        raise BadAddress("'url' names port 0, where nobody can listen. Take it out.", field="url")
    if parts.username is not None or parts.password is not None:
        raise BadAddress("'url' holds a login. Send it as a header instead, which is kept encrypted.", field="url")
    if any(ord(letter) <= 0x20 or letter == "\\" for letter in url):
        raise BadAddress("'url' holds a blank or a backslash. Escape it, or leave it out.", field="url")
    _check_host(guard, parts.hostname)


def check_headers(names: Iterable[str]) -> None:
    """Raise ``BadInput`` for headers that deliveries set themselves."""
    for name in names:
        if name.lower() in OURS:
            raise BadInput(f"'headers': {name} is set by Gonogo itself. Leave it out.", field="headers")


def read_secret(text: str, scheme: Scheme) -> SigningKey:
    """A secret that somebody brought along. Raises ``BadInput``."""
    if scheme != "v1":
        raise BadInput("'secret' can be brought along for v1 only; v1a keys are made here.", field="secret")
    try:
        length = len(base64.b64decode(text.removeprefix("whsec_"), validate=True))
    except binascii.Error as error:
        raise BadInput("'secret' must be whsec_ and base64.", field="secret") from error
    if not text.startswith("whsec_") or not SHORTEST_SECRET <= length <= LONGEST_SECRET:
        told = f"{SHORTEST_SECRET} to {LONGEST_SECRET}"
        raise BadInput(f"'secret' must be whsec_ and the base64 of {told} random bytes.", field="secret")
    return SigningKey(text)


def _check_host(guard: Guard, host: str) -> None:
    address = read_address(host)
    text = str(address) if address is not None else _read_short_form(host)
    if text is None:
        return
    try:
        guard.check_address(text)
    except AddressRefused as refusal:
        raise BadAddress(f"'url': {refusal}", field="url") from refusal


def _is_name(host: str) -> bool:
    """Whether a resolver could be asked for it: parts of 1 to 63 characters, as they go over the wire."""
    if ":" in host:
        return True
    try:
        return bool(host.rstrip(".").encode("idna"))
    except UnicodeError:
        return False


def _read_short_form(host: str) -> str | None:
    """The address behind ``127.1``, ``2130706433`` or ``0x7f.0.0.1``, as the system's resolver would read it."""
    try:
        return socket.inet_ntoa(socket.inet_aton(host))
    except OSError:
        return None
