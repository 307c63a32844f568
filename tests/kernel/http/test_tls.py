"""TLS by the server itself, with a certificate made here."""

from __future__ import annotations

import asyncio
import contextlib
import datetime
import ipaddress
import ssl
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import msgspec
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from gonogo.app import create_app
from gonogo.kernel.config import Config, ConfigError
from gonogo.kernel.http import tls
from gonogo.kernel.http.server import Address, find_address, serve_app
from gonogo.kernel.http.tls import load_tls
from tests.fake_clock import FakeClock
from tests.people import PASSWORD


def make_certificate(folder: Path) -> tuple[Path, Path]:
    """A certificate for 127.0.0.1 that signs itself, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "gonogo.test")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    certificate, private = folder / "cert.pem", folder / "key.pem"
    certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return certificate, private


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    return make_certificate(tmp_path)


@pytest.fixture
async def secure(config: Config, clock: FakeClock, files: tuple[Path, Path]) -> AsyncIterator[Address]:
    """A server that speaks TLS."""
    config = msgspec.structs.replace(config, tls_cert=str(files[0]), tls_key=str(files[1]))
    async with serve_app(create_app(config, clock), port=0) as address:
        yield address


async def test_browsers_come_by_https(secure: Address, files: tuple[Path, Path]) -> None:
    assert secure.public.startswith("https://127.0.0.1:")
    trust = ssl.create_default_context(cafile=str(files[0]))
    async with httpx.AsyncClient(base_url=secure.public, verify=trust) as browser:
        form = {"email": "admin@localhost", "password": PASSWORD}
        own = {"Origin": secure.public}
        entered = await browser.post("/sign-in", data=form, headers=own)
        assert entered.status_code == 303
        assert "__Host-gonogo_session" in browser.cookies
        assert entered.headers["strict-transport-security"]
        assert (await browser.get("/api/v1/auth/me")).json()["data"]["name"] == "admin@localhost"
        plain = {"Origin": secure.public.replace("https", "http")}
        assert (await browser.post("/sign-out", headers=plain)).status_code == 403
        assert (await browser.post("/sign-out", headers=own)).status_code == 303


async def test_programs_of_this_machine_need_no_certificate(secure: Address, config: Config) -> None:
    assert find_address(config.folder) == secure
    assert secure.url.startswith("http://127.0.0.1:")
    key = (config.folder / "local.key").read_text().strip()
    async with httpx.AsyncClient(base_url=secure.url, headers={"Authorization": f"Bearer {key}"}) as program:
        assert (await program.get("/api/v1/auth/me")).json()["data"]["kind"] == "local"


async def test_plain_http_on_that_port_is_cut(secure: Address) -> None:
    async with httpx.AsyncClient(base_url=secure.public.replace("https", "http")) as client:
        with pytest.raises(httpx.TransportError):
            await client.get("/health")


async def test_a_silent_handshake_ends(
    config: Config, clock: FakeClock, files: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert tls.HANDSHAKE_S == 20
    monkeypatch.setattr(tls, "HANDSHAKE_S", 0.05)
    config = msgspec.structs.replace(config, tls_cert=str(files[0]), tls_key=str(files[1]))
    async with serve_app(create_app(config, clock), port=0) as address:
        url = httpx.URL(address.public)
        reader, writer = await asyncio.open_connection(url.host, url.port)
        with contextlib.suppress(ConnectionError):
            await asyncio.wait_for(reader.read(), 60)
        writer.close()


def test_without_a_certificate_there_is_no_tls(config: Config) -> None:
    assert load_tls(config) is None


def test_what_is_wrong_is_named(config: Config, files: tuple[Path, Path], tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    stranger = make_certificate(other)[1]
    cases = (
        (str(files[0]), "", "'tls_cert' needs 'tls_key'"),
        ("", str(files[1]), "'tls_key' needs 'tls_cert'"),
        ("nowhere.pem", str(files[1]), "'tls_cert': nowhere.pem is not a file"),
        (str(files[1]), str(files[1]), "can't be used"),
        (str(files[0]), str(stranger), "can't be used"),
    )
    for certificate, key, told in cases:
        with pytest.raises(ConfigError, match=told):
            load_tls(msgspec.structs.replace(config, tls_cert=certificate, tls_key=key))
