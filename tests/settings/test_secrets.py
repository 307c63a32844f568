"""Secrets: sealed in the database, masked wherever people look."""

from __future__ import annotations

import stat

import pytest

from gonogo.kernel.config import Config
from gonogo.kernel.vault import SealBroken, Vault
from gonogo.settings.live import LiveSettings
from gonogo.settings.validation import MASK
from gonogo.settings.vault import PURPOSE
from tests.conftest import run_server
from tests.fake_clock import FakeClock
from tests.people import Server
from tests.settings.stage import declare, listen, query_outside, receive, run_again

KEY, SECRET = "agents.token", "hunter2-and-more"


async def set_secret(server: Server) -> None:
    answer = await server.admin.put(f"/api/settings/{KEY}", json={"value": SECRET})
    assert answer.status_code == 200, answer.text


async def test_a_secret_shows_nowhere_but_in_process(stage: Server) -> None:
    async with listen(stage) as socket:
        hello, snapshot = await receive(socket), await receive(socket)
        await set_secret(stage)
        change = await receive(socket)
    assert SECRET not in str([hello, snapshot, change])
    for path in ("/", f"/{KEY}", f"/{KEY}/history", "/export", "/search?q=token", f"/search?q={SECRET}"):
        assert SECRET not in (await stage.admin.get(f"/api/settings{path}")).text.replace(path, "")
    assert SECRET not in (await stage.admin.get("/api/events")).text
    assert change["value"] == MASK
    assert stage.kernel.get_part(LiveSettings)[KEY] == SECRET


async def test_a_secret_lies_sealed_in_every_table(stage: Server) -> None:
    await set_secret(stage)
    assert query_outside(stage, "SELECT value FROM settings WHERE key = ?", KEY)[0][0].startswith('"sealed:')
    for name in ("gonogo.db", "gonogo.db-wal"):
        assert SECRET.encode() not in (stage.kernel.config.folder / name).read_bytes()


async def test_the_key_is_made_once_and_kept_from_others(stage: Server) -> None:
    file = stage.kernel.config.folder / "settings.key"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert len(file.read_text().strip()) >= 32


async def test_a_lost_key_is_told_and_the_default_is_used(config: Config, clock: FakeClock) -> None:
    async with run_server(config, clock) as server:
        await declare(server)
        await set_secret(server)
    (config.folder / "settings.key").unlink()
    async with run_again(config, clock) as server:
        problem = (await server.admin.get(f"/api/settings/{KEY}")).json()["data"]["problem"]
        assert "encrypted with another key" in problem["problem"]
        assert server.kernel.get_part(LiveSettings)[KEY] == ""
        await set_secret(server)
        assert server.kernel.get_part(LiveSettings)[KEY] == SECRET


def test_a_sealed_value_belongs_to_its_setting() -> None:
    vault = Vault("a passphrase of thirty-two letters", PURPOSE)
    sealed = vault.seal("a.b", "text")
    assert vault.unseal("a.b", sealed) == "text"
    for broken in (sealed[:-4], sealed.replace("sealed:1:", "sealed:1:AAAA"), "sealed:1:", "plain"):
        with pytest.raises(SealBroken):
            vault.unseal("a.b", broken)
    with pytest.raises(SealBroken):
        vault.unseal("a.c", sealed)
    with pytest.raises(SealBroken):
        Vault("another passphrase of many letters", PURPOSE).unseal("a.b", sealed)
