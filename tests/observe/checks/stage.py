"""A real address to ask: its answer is what the test says it is, over HTTP or TLS."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from gonogo.observe.checks.definition import Check


@dataclass
class Shop:
    """A small HTTP/1.1 server; ``asked`` holds the heads of the requests that came."""

    status: str = "200 OK"
    body: bytes = b'{"status": "ok", "stock": [1, 2], "open": true}'
    url: str = ""
    is_mute: bool = False
    asked: list[str] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    guests: dict[asyncio.Task[None], asyncio.StreamWriter] = field(default_factory=dict)

    async def greet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, remembered while it lasts."""
        guest = asyncio.current_task()
        assert guest is not None
        self.guests[guest] = writer
        try:
            await self.answer(reader, writer)
        finally:
            del self.guests[guest]

    async def close(self) -> None:
        """Send every guest home."""
        guests = list(self.guests)
        for writer in self.guests.values():
            writer.transport.abort()
        await asyncio.gather(*guests, return_exceptions=True)

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One request of one connection. A bare handshake brings none."""
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()
            return
        self.asked.append(head)
        length = next((line.split()[1] for line in head.splitlines() if line.lower().startswith("content-length")), "0")
        self.bodies.append(await reader.readexactly(int(length)))
        if self.is_mute:
            await reader.read()
        else:
            told = f"HTTP/1.1 {self.status}\r\nContent-Length: {len(self.body)}\r\nConnection: close\r\n\r\n"
            writer.write(told.encode() + self.body)
            await writer.drain()
            writer.close()


@asynccontextmanager
async def open_shop(tls: ssl.SSLContext | None = None) -> AsyncIterator[Shop]:
    """A shop that is open while the block runs."""
    shop = Shop()
    server = await asyncio.start_server(shop.greet, "127.0.0.1", 0, ssl=tls)
    port = server.sockets[0].getsockname()[1]
    shop.url = f"{'https' if tls else 'http'}://127.0.0.1:{port}/health"
    try:
        yield shop
    finally:
        server.close()
        await shop.close()


def make_check(url: str, **options: Any) -> Check:
    """A check of this address."""
    return Check(name=options.pop("name", "shop"), url=url, **options)


def make_certificate(folder: Path, days: float, now: datetime | None = None) -> Path:
    """A PEM file with a key and its own certificate for 127.0.0.1, good for so many days from ``now``."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    moment = now or datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(moment - timedelta(days=100))
        .not_valid_after(moment + timedelta(days=days))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = folder / "shop.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(private + certificate.public_bytes(serialization.Encoding.PEM))
    return path


def serve_tls(path: Path) -> ssl.SSLContext:
    """How a server shows the certificate in ``path``."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    return context
