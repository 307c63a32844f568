"""A Gonogo behind each proxy of ``deploy/``: sign-in, live events, streams and who the client is."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from websockets.sync.client import connect

from tests.deploy.proxies import Caddy, Nginx, Proxy
from tests.journeys.processes import Machine, wait_until

ADMIN, PASSWORD = "ada@example.test", "correct horse battery staple"
KINDS = {"caddy": Caddy, "nginx": Nginx}


@pytest.fixture(scope="module", params=KINDS)
def proxy(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    """A proxy in front of a Gonogo that knows it."""
    folder: Path = tmp_path_factory.mktemp("behind")
    proxy = KINDS[request.param]()
    machine = Machine(folder, folder / "home")
    known = {"GONOGO_PUBLIC_URL": proxy.url, "GONOGO_TRUSTED_PROXIES": "127.0.0.1", "GONOGO_ADMIN_EMAIL": ADMIN}
    with machine.start("up", "--port", str(proxy.upstream), **known) as server:
        wait_until(lambda: machine.is_served_by(server) or server.poll() is not None, "the server is up")
        assert server.poll() is None, server.communicate()
        proxy.start()
        try:
            yield proxy
        finally:
            proxy.stop()


@pytest.fixture
def client(proxy: Proxy) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=proxy.url, verify=proxy.trust) as client:
        yield client


def sign_in(client: httpx.Client) -> str:
    answer = client.post("/api/v1/auth/login", json={"email": ADMIN, "password": PASSWORD})
    answer.raise_for_status()
    token: str = answer.json()["data"]["access_token"]
    return token


def test_a_browser_signs_in_over_https(client: httpx.Client) -> None:
    form = {"email": ADMIN, "password": PASSWORD}
    answer = client.post("/sign-in", data=form, headers={"Origin": str(client.base_url).rstrip("/")})
    assert answer.status_code == 303, answer.text
    assert re.match(r"__Host-.*; Secure", answer.headers["Set-Cookie"])
    assert client.get("/").status_code == 200
    assert len(answer.headers.get_list("Strict-Transport-Security")) == 1


def test_another_site_is_refused(client: httpx.Client) -> None:
    form = {"email": ADMIN, "password": PASSWORD}
    for origin in ("https://elsewhere.example", f"http://{client.base_url.host}:{client.base_url.port}"):
        assert client.post("/sign-in", data=form, headers={"Origin": origin}).status_code == 403


def test_live_events_arrive(client: httpx.Client, proxy: Proxy) -> None:
    headers = {"Authorization": f"Bearer {sign_in(client)}"}
    address = f"wss{proxy.url.removeprefix('https')}/api/events/ws?topics=person"
    with connect(address, ssl=proxy.trust, additional_headers=headers) as socket:
        assert json.loads(socket.recv())["type"] == "hello"
        new = {"email": f"{proxy.folder.name}@example.test", "role": "viewer", "password": PASSWORD}
        client.post("/api/people", json=new, headers=headers).raise_for_status()
        assert json.loads(socket.recv())["name"] == "person.added"


def test_the_clients_address_cannot_be_claimed(client: httpx.Client) -> None:
    headers = {"Authorization": f"Bearer {sign_in(client)}", "X-Forwarded-For": "203.0.113.7"}
    new = {"name": "claimed", "scopes": ["settings:read"]}
    client.post("/api/keys", json=new, headers=headers).raise_for_status()
    events = client.get("/api/events", params={"name": "key.created"}, headers=headers).json()["data"]
    assert {event["address"] for event in events} == {"127.0.0.1"}
