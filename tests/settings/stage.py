"""A small catalog for tests, and what they do with it again and again."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing
from typing import Any

import httpx
from websockets.asyncio.client import ClientConnection, connect

from gonogo.app import create_app
from gonogo.kernel.auth.actor import SYSTEM
from gonogo.kernel.config import Config
from gonogo.kernel.http.server import serve_app
from gonogo.settings.catalog import make_catalog
from gonogo.settings.commands.catalog import Declared, declare_catalog
from gonogo.settings.desk import Desk
from gonogo.settings.outside import Outside
from tests.fake_clock import FakeClock
from tests.people import Server

CATALOG: dict[str, Any] = {
    "settings": {
        "physics.spring.strength": {
            "type": "float",
            "default": 0.5,
            "min": 0,
            "max": 10,
            "unit": "N",
            "description": "How hard an edge pulls",
        },
        "physics.iterations": {"type": "int", "default": 100, "min": 1, "max": 1000, "restart_required": True},
        "rendering.bloom.enabled": {"type": "bool", "default": True, "label": "Glow"},
        "rendering.antialiasing": {"type": "enum", "default": "fxaa", "choices": ["none", "fxaa", "msaa"]},
        "rendering.background": {"type": "color", "default": "#102030"},
        "agents.timeout": {"type": "duration", "default": "30s", "min": "1s", "max": "10m"},
        "agents.token": {"type": "string", "default": "", "secret": True, "min_role": "admin", "max": 100},
        "agents.name": {"type": "string", "default": "scout", "pattern": "^[a-z]+$"},
        "dashboard.panels": {"type": "json", "default": ["status"], "schema": {"type": "array"}},
    },
    "presets": {
        "low": {"values": {"physics.spring.strength": 0.1, "rendering.bloom.enabled": False}},
        "broken": {"values": {"physics.spring.strength": 0.2, "physics.iterations": 5000}},
        "stale": {"values": {"physics.spring.strength": 0.3, "physics.wind": 1}},
    },
}


async def declare(
    server: Server, catalog: dict[str, Any] = CATALOG, *, source: str = "test", prune: bool = False
) -> Declared:
    """Declare a catalog as Gonogo itself."""
    desk = server.kernel.get_part(Desk)
    return await declare_catalog(desk, SYSTEM, make_catalog(catalog), source=source, prune=prune)


async def read_value(server: Server, key: str, **query: str) -> Any:
    """The value that a viewer sees."""
    return (await read(server, key, **query))["value"]


async def read(server: Server, key: str, **query: str) -> dict[str, Any]:
    """The setting that a viewer sees."""
    answer = await server.viewer.get(f"/api/settings/{key}", params=query)
    assert answer.status_code == 200, answer.text
    data: dict[str, Any] = answer.json()["data"]
    return data


async def put(server: Server, key: str, value: Any, **more: Any) -> dict[str, Any]:
    """Set as the operator; the setting as it is then."""
    answer = await server.operator.put(f"/api/settings/{key}", json={"value": value, **more})
    assert answer.status_code == 200, answer.text
    data: dict[str, Any] = answer.json()["data"]
    return data


async def list_events(server: Server, name: str) -> list[dict[str, Any]]:
    """Events of this name, newest first."""
    answer = await server.admin.get("/api/events", params={"name": name})
    data: list[dict[str, Any]] = answer.json()["data"]
    return data


@asynccontextmanager
async def run_again(config: Config, clock: FakeClock) -> AsyncIterator[Server]:
    """A data folder served anew; every client of it is the command line's administrator."""
    app = create_app(config, clock)
    async with serve_app(app, port=0) as address:
        headers = {"Authorization": f"Bearer {(config.folder / 'local.key').read_text().strip()}"}
        async with httpx.AsyncClient(base_url=address.url, headers=headers) as client:
            yield Server(address.url, app, client, client, client, client, client, client)


@asynccontextmanager
async def listen(server: Server, query: str = "") -> AsyncIterator[ClientConnection]:
    """A socket signed in as the viewer, before its first message."""
    address = server.url.replace("http", "ws") + f"/api/settings/ws{query}"
    headers = {"Authorization": server.viewer.headers["Authorization"]}
    async with connect(address, additional_headers=headers, max_queue=None, max_size=None) as socket:
        yield socket


async def receive(socket: ClientConnection) -> dict[str, Any]:
    """The next message that is no heartbeat."""
    while True:
        message: dict[str, Any] = json.loads(await socket.recv())
        if message["type"] != "heartbeat":
            return message


async def wait_until(holds: Callable[[], bool]) -> None:
    """Let the event loop turn until something holds."""
    for _ in range(100_000):
        if holds():
            return
        await asyncio.sleep(0)
    raise AssertionError("it never came to hold")


async def edit_outside(server: Server, statement: str, *values: Any) -> None:
    """Run SQL as another program does, and let Gonogo look."""
    run_outside(server, statement, *values)
    await server.kernel.get_part(Outside).look()


def run_outside(server: Server, statement: str, *values: Any) -> None:
    """Run SQL as another program does."""
    with closing(sqlite3.connect(server.kernel.config.database_path)) as other, other:
        other.execute(statement, values)


def query_outside(server: Server, statement: str, *values: Any) -> list[Any]:
    """Rows as another program sees them."""
    with closing(sqlite3.connect(server.kernel.config.database_path)) as other:
        return other.execute(statement, values).fetchall()
