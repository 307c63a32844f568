"""Declaring catalogs: again and again, and never a changed value lost."""

from __future__ import annotations

from typing import Any

from tests.people import Server
from tests.settings.stage import CATALOG, declare, list_events, listen, put, query_outside, read, read_value, receive


def altered(**tables: Any) -> dict[str, Any]:
    """The catalog with some settings declared otherwise, or (None) no longer."""
    names = {key.replace("__", "."): table for key, table in tables.items()}
    merged = {**CATALOG["settings"], **names}
    return {"settings": {key: table for key, table in merged.items() if table is not None}}


async def test_a_catalog_is_declared_over_http(server: Server) -> None:
    answer = await server.admin.post("/api/settings/catalog", params={"source": "base"}, json=CATALOG)
    assert answer.status_code == 200
    assert len(answer.json()["data"]["added"]) == 9
    assert answer.json()["data"]["presets"] == ["low", "broken", "stale"]
    assert [text.split("'")[1] for text in answer.json()["data"]["warnings"]] == ["broken", "stale"]
    assert (await server.operator.post("/api/settings/catalog", json=CATALOG)).status_code == 403
    bad = await server.admin.post("/api/settings/catalog", json={"settings": {"a.b": {"type": "int"}}})
    assert (bad.status_code, bad.json()["field"]) == (422, "a.b")


async def test_the_same_again_does_nothing(stage: Server) -> None:
    version = (await stage.viewer.get("/api/settings/")).json()["store_version"]
    again = await declare(stage)
    assert (again.added, again.updated, again.kept, again.missing) == ([], [], 9, [])
    assert (await stage.viewer.get("/api/settings/")).json()["store_version"] == version
    assert len(await list_events(stage, "setting.declared")) == 1


async def test_changed_values_are_kept_and_others_follow_the_default(stage: Server) -> None:
    await put(stage, "physics.iterations", 7)
    done = await declare(
        stage,
        altered(
            physics__iterations={"type": "int", "default": 200, "max": 500},
            agents__name={"type": "string", "default": "ranger"},
        ),
    )
    assert done.updated == ["physics.iterations", "agents.name"]
    assert (await read(stage, "physics.iterations"))["default"] == 200
    assert await read_value(stage, "physics.iterations") == 7
    assert await read_value(stage, "agents.name") == "ranger"


async def test_a_value_that_no_longer_fits_gives_way_to_the_default(stage: Server) -> None:
    await put(stage, "physics.iterations", 700)
    done = await declare(stage, altered(physics__iterations={"type": "int", "default": 10, "max": 50}))
    assert "must be at most 50" in done.warnings[0]
    assert await read_value(stage, "physics.iterations") == 10
    undo = await stage.operator.post("/api/settings/physics.iterations/undo")
    assert undo.status_code == 422


async def test_what_is_gone_is_reported_and_removed_only_on_request(stage: Server) -> None:
    smaller = altered(agents__name=None)
    assert (await declare(stage, smaller)).missing == ["agents.name"]
    assert await read_value(stage, "agents.name") == "scout"
    assert (
        await declare(stage, {"settings": {"xr.enabled": {"type": "bool", "default": False}}}, source="xr")
    ).missing == []
    async with listen(stage) as socket:
        await receive(socket), await receive(socket)
        assert (await declare(stage, smaller, prune=True)).removed == ["agents.name"]
        assert "agents.name" not in (await receive(socket))["settings"]
    assert (await stage.viewer.get("/api/settings/agents.name")).status_code == 404
    assert query_outside(stage, "SELECT COUNT(*) FROM settings WHERE key = 'agents.name'") == [(0,)]


async def test_a_setting_becomes_secret_and_plain_again(stage: Server) -> None:
    await put(stage, "agents.name", "ranger")
    await declare(stage, altered(agents__name={"type": "string", "default": "scout", "secret": True}))
    assert query_outside(stage, "SELECT value FROM settings WHERE key = 'agents.name'")[0][0].startswith('"sealed:')
    await declare(stage)
    assert query_outside(stage, "SELECT value FROM settings WHERE key = 'agents.name'") == [('"ranger"',)]
    assert await read_value(stage, "agents.name") == "ranger"


async def test_presets_may_not_hold_secrets(server: Server) -> None:
    wrong = {**CATALOG, "presets": {"leak": {"values": {"agents.token": "x"}}}}
    answer = await server.admin.post("/api/settings/catalog", json=wrong)
    assert (answer.status_code, "presets are not secret" in answer.json()["detail"]) == (422, True)


async def test_new_settings_reach_listeners(stage: Server) -> None:
    async with listen(stage) as socket:
        await receive(socket), await receive(socket)
        await declare(stage, {"settings": {"xr.enabled": {"type": "bool", "default": False}}}, source="xr")
        message = await receive(socket)
    assert (message["type"], message["key"], message["value"]) == ("change", "xr.enabled", False)
