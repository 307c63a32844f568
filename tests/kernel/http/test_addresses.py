"""Whose address a request has: the nearest hop that is not one of our proxies."""

from __future__ import annotations

from typing import Any, cast

import msgspec
import pytest
from litestar.types import Scope

from gonogo.app import create_app
from gonogo.kernel.config import Config, ConfigError
from gonogo.kernel.db.event_log import find_events
from gonogo.kernel.http.addresses import find_client_address
from tests.conftest import run_server
from tests.fake_clock import FakeClock
from tests.people import Server

PROXIES = "10.0.0.0/8, fd00::/8"


def find(peer: str | None, *headers: tuple[str, str], trusted: str = PROXIES) -> str:
    raw = [(name.lower().encode(), value.encode()) for name, value in headers]
    scope: dict[str, Any] = {"client": (peer, 50000) if peer is not None else None, "headers": raw}
    return find_client_address(cast(Scope, scope), Config(trusted_proxies=trusted))


@pytest.mark.parametrize(
    ("peer", "headers", "address"),
    [
        ("203.0.113.9", (), "203.0.113.9"),
        (None, (), ""),
        ("::ffff:203.0.113.9", (), "203.0.113.9"),
        # A stranger's header says nothing.
        ("203.0.113.9", (("X-Forwarded-For", "198.51.100.1"),), "203.0.113.9"),
        ("10.0.0.1", (("X-Forwarded-For", "198.51.100.1"),), "198.51.100.1"),
        # What the client wrote itself stands left of what the proxy saw.
        ("10.0.0.1", (("X-Forwarded-For", "1.1.1.1, 198.51.100.1"),), "198.51.100.1"),
        ("10.0.0.1", (("X-Forwarded-For", "1.1.1.1, 198.51.100.1, 10.0.0.2"),), "198.51.100.1"),
        ("10.0.0.1", (("X-Forwarded-For", "1.1.1.1"), ("X-Forwarded-For", "198.51.100.1")), "198.51.100.1"),
        ("10.0.0.1", (("X-Forwarded-For", "198.51.100.1:4711"),), "198.51.100.1"),
        ("10.0.0.1", (("X-Forwarded-For", "198.51.100.1, unknown"),), "10.0.0.1"),
        ("10.0.0.1", (("X-Forwarded-For", "198.51.100.1, nonsense, 10.0.0.2"),), "10.0.0.2"),
        ("10.0.0.1", (("X-Forwarded-For", "10.0.0.3, 10.0.0.2"),), "10.0.0.3"),
        ("fd00::1", (("X-Forwarded-For", "2001:db8::7"),), "2001:db8::7"),
        ("10.0.0.1", (("Forwarded", 'for="[2001:db8::7]:4711";proto=https'),), "2001:db8::7"),
        ("10.0.0.1", (("Forwarded", "for=1.1.1.1, proto=https;for=198.51.100.1"),), "198.51.100.1"),
        ("10.0.0.1", (("Forwarded", "for=198.51.100.1, proto=https"),), "10.0.0.1"),
        ("10.0.0.1", (("Forwarded", "for=1.1.1.1"), ("X-Forwarded-For", "198.51.100.1")), "198.51.100.1"),
        ("10.0.0.1", (), "10.0.0.1"),
        ("unix:", (), "unix:"),
    ],
)
def test_the_nearest_hop_that_is_not_ours_is_the_client(
    peer: str | None, headers: tuple[tuple[str, str], ...], address: str
) -> None:
    assert find(peer, *headers) == address


def test_without_trusted_proxies_headers_count_for_nothing() -> None:
    assert find("127.0.0.1", ("X-Forwarded-For", "198.51.100.1"), trusted="") == "127.0.0.1"


def test_a_proxy_that_is_no_network_is_refused_at_the_start() -> None:
    with pytest.raises(ConfigError, match="'trusted_proxies': 'caddy' is not an IP address or network"):
        create_app(Config(trusted_proxies="10.0.0.1, caddy"))


async def add_person(server: Server, **headers: str) -> Any:
    new = {"email": "new@example.test", "name": "New", "role": "viewer"}
    answer = await server.admin.post("/api/people", json=new, headers=headers)
    assert answer.status_code == 201
    found = await server.kernel.db.read(lambda tx: find_events(tx, names=("person.added",), newest_first=True, limit=1))
    return answer, found[0]


async def test_an_event_has_the_address_the_account_and_the_request(server: Server) -> None:
    answer, event = await add_person(server, **{"X-Request-Id": "deploy-42", "X-Forwarded-For": "198.51.100.1"})
    assert (event.address, event.request_id) == ("127.0.0.1", "deploy-42")
    assert event.account == event.actor != ""
    assert answer.headers["x-request-id"] == "deploy-42"


async def test_an_id_that_could_be_anything_is_replaced(server: Server) -> None:
    answer, event = await add_person(server, **{"X-Request-Id": "a b\tc"})
    assert event.request_id == answer.headers["x-request-id"] != "a b\tc"


async def test_behind_a_proxy_the_client_is_named(config: Config, clock: FakeClock) -> None:
    async with run_server(msgspec.structs.replace(config, trusted_proxies="127.0.0.1"), clock) as server:
        _, event = await add_person(server, **{"X-Forwarded-For": "203.0.113.4, 198.51.100.1"})
        assert event.address == "198.51.100.1"


async def test_a_key_names_the_account_behind_it(server: Server) -> None:
    made = (await server.admin.post("/api/keys", json={"name": "ci", "scopes": ["admin"]})).json()
    headers = {"Authorization": f"Bearer {made['token']}"}
    await server.stranger.post("/api/keys", json={"name": "second", "scopes": ["metrics:read"]}, headers=headers)
    newest, first = await server.kernel.db.read(
        lambda tx: find_events(tx, names=("key.created",), newest_first=True, limit=2)
    )
    assert newest.actor == made["data"]["id"]
    assert newest.account in (first.actor, first.actor_name)
