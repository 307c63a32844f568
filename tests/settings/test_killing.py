"""kill -9 while a preset is being applied: all of it is there afterwards, or nothing."""

from __future__ import annotations

import asyncio
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import httpx
import msgspec
import pytest

from gonogo.settings.catalog import make_catalog
from gonogo.settings.formats import read_document

EXAMPLE = Path(__file__).parents[2] / "examples" / "visualizer"
FILES = ("catalog-base", "catalog", "presets")
SERVE = """
import asyncio, sys
from gonogo.app import create_app
from gonogo.kernel.config import Config
from gonogo.kernel.http.server import serve_app

async def serve():
    async with serve_app(create_app(Config(home=sys.argv[1], port=0))) as address:
        print(address.url, flush=True)
        await asyncio.Event().wait()

asyncio.run(serve())
"""


def start(home: Path) -> tuple[subprocess.Popen[str], httpx.Client]:
    """A server process of its own, ready, and the administrator's client."""
    process = subprocess.Popen([sys.executable, "-c", SERVE, str(home)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    url = process.stdout.readline().strip()
    key = (home / "local.key").read_text().strip()
    return process, httpx.Client(base_url=url, headers={"Authorization": f"Bearer {key}"}, timeout=60)


def read_values(home: Path, keys: list[str]) -> dict[str, str]:
    """What the table holds."""
    with closing(sqlite3.connect(home / "gonogo.db")) as other:
        rows = dict(other.execute("SELECT key, value FROM settings").fetchall())
    return {key: rows[key] for key in keys}


@pytest.mark.parametrize("delay_ms", [0, 2, 5, 9, 15])
async def test_all_or_nothing(tmp_path: Path, delay_ms: int) -> None:
    process, client = start(tmp_path)
    try:
        for name in FILES:
            text = (EXAMPLE / f"{name}.toml").read_text()
            client.post(
                "/api/settings/catalog", params={"source": name, "format": "toml"}, content=text
            ).raise_for_status()
        preset = make_catalog(read_document((EXAMPLE / "presets.toml").read_text(), "toml")).presets[3]
        keys = sorted(preset.values)
        before = read_values(tmp_path, keys)
        applying = asyncio.create_task(asyncio.to_thread(apply_ultra, client))
        await asyncio.sleep(delay_ms / 1000)
        process.send_signal(signal.SIGKILL)
        await applying
    finally:
        process.kill()
        process.communicate()
        client.close()
    after = {key: msgspec.json.decode(text) for key, text in read_values(tmp_path, keys).items()}
    assert after in ({key: msgspec.json.decode(text) for key, text in before.items()}, preset.values)
    process, client = start(tmp_path)
    try:
        apply_ultra(client)
        listed = {one["key"]: one["value"] for one in client.get("/api/settings/").json()["data"]}
        assert {key: listed[key] for key in keys} == preset.values
    finally:
        process.kill()
        process.communicate()
        client.close()


def apply_ultra(client: httpx.Client) -> None:
    """Ask for the preset; the server may die meanwhile."""
    try:
        client.post("/api/settings/presets/ultra/apply")
    except httpx.TransportError:
        return
