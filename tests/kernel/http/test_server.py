"""Serving: one owner of a data folder, known by its address, gone without a trace."""

from __future__ import annotations

import signal
import socket

import httpx
import msgspec
import pytest

from gonogo.app import create_app
from gonogo.kernel.config import Config
from gonogo.kernel.http.server import FolderInUse, PortTaken, find_address, serve_app
from tests.fake_clock import FakeClock


async def test_the_owner_says_where_it_is_while_it_runs(config: Config, clock: FakeClock) -> None:
    async with serve_app(create_app(config, clock), port=0) as address:
        assert find_address(config.folder) == address
        async with httpx.AsyncClient(base_url=address.url) as client:
            assert (await client.get("/health")).json()["status"] == "ok"
    assert find_address(config.folder) is None
    async with httpx.AsyncClient() as client:
        with pytest.raises(httpx.ConnectError):
            await client.get(f"{address.url}/health")


async def test_the_address_goes_also_after_a_failure(config: Config, clock: FakeClock) -> None:
    with pytest.raises(LookupError):
        async with serve_app(create_app(config, clock), port=0):
            raise LookupError
    assert find_address(config.folder) is None


async def test_a_folder_has_one_owner(config: Config, clock: FakeClock) -> None:
    async with serve_app(create_app(config, clock), port=0) as address:
        with pytest.raises(FolderInUse, match=address.url):
            async with serve_app(create_app(config, clock), port=0):
                pass
        assert find_address(config.folder) == address
    async with serve_app(create_app(config, clock), port=0):
        pass


async def test_a_port_that_is_taken_is_said_before_anything_opens(config: Config, clock: FakeClock) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        taken = other.getsockname()[1]
        with pytest.raises(PortTaken, match=f"127.0.0.1:{taken}.*GONOGO_PORT"):
            async with serve_app(create_app(config, clock), port=taken):
                pass
    assert not config.database_path.exists()
    async with serve_app(create_app(config, clock), port=0):
        pass


async def test_ipv6(config: Config, clock: FakeClock) -> None:
    config = msgspec.structs.replace(config, host="::1")
    async with serve_app(create_app(config, clock), port=0) as address:
        assert address.url.startswith("http://[::1]:")
        async with httpx.AsyncClient(base_url=address.url) as client:
            assert (await client.get("/health")).status_code == 200


@pytest.mark.parametrize("content", [b"", b"{", b'{"pid": "x"}', b"[]"])
def test_a_garbled_address_is_none(config: Config, content: bytes) -> None:
    config.folder.mkdir(parents=True)
    (config.folder / "server.json").write_bytes(content)
    assert find_address(config.folder) is None


async def test_signals_stay_with_the_command(config: Config, clock: FakeClock) -> None:
    before = signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGINT)
    async with serve_app(create_app(config, clock), port=0):
        assert (signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGINT)) == before
