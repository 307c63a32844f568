"""Presets: a difference first, then one change or none."""

from __future__ import annotations

from tests.people import Server
from tests.settings.stage import list_events, listen, put, read_value, receive


async def test_presets_are_listed_with_how_much_they_differ(stage: Server) -> None:
    presets = (await stage.viewer.get("/api/settings/presets")).json()["data"]
    assert [(one["name"], one["count"], one["differing"]) for one in presets] == [
        ("broken", 2, 2),
        ("low", 2, 2),
        ("stale", 2, 2),
    ]
    whole = (await stage.viewer.get("/api/settings/presets/low")).json()["data"]
    assert whole["values"] == {"physics.spring.strength": 0.1, "rendering.bloom.enabled": False}


async def test_a_preview_changes_nothing(stage: Server) -> None:
    shown = (await stage.operator.post("/api/settings/presets/low/preview")).json()["data"]
    assert shown == [
        {"key": "physics.spring.strength", "before": 0.5, "after": 0.1, "restart_required": False},
        {"key": "rendering.bloom.enabled", "before": True, "after": False, "restart_required": False},
    ]
    assert await read_value(stage, "physics.spring.strength") == 0.5


async def test_applying_is_one_change_and_one_message(stage: Server) -> None:
    async with listen(stage) as socket:
        hello, _ = await receive(socket), await receive(socket)
        answer = (await stage.operator.post("/api/settings/presets/low/apply", json={"why": "laptop"})).json()
        message = await receive(socket)
    assert answer["data"]["changed"] == 2
    assert (message["type"], message["version"]) == ("batch", hello["version"] + 1)
    assert {one["key"]: one["value"] for one in message["changes"]} == {
        "physics.spring.strength": 0.1,
        "rendering.bloom.enabled": False,
    }
    event = (await list_events(stage, "setting.preset_applied"))[0]
    assert (event["subject"], event["data"]["why"], event["data"]["count"]) == ("low", "laptop", 2)
    again = (await stage.operator.post("/api/settings/presets/low/apply")).json()
    assert again["data"]["changed"] == 0


async def test_an_unknown_preset_or_a_bad_member_changes_nothing(stage: Server) -> None:
    unknown = await stage.operator.post("/api/settings/presets/extreme/apply")
    assert (unknown.status_code, "known: broken, low, stale" in unknown.json()["detail"]) == (404, True)
    assert (await stage.operator.post("/api/settings/presets/broken/apply")).status_code == 422
    stale = await stage.operator.post("/api/settings/presets/stale/apply")
    assert stale.status_code == 422
    assert "The preset 'stale' names 'physics.wind', which is no setting." in stale.json()["detail"]
    assert (await stage.viewer.post("/api/settings/presets/low/apply")).status_code == 403
    assert await read_value(stage, "physics.spring.strength") == 0.5


async def test_a_preset_is_undone_by_a_restore(stage: Server) -> None:
    await put(stage, "physics.spring.strength", 3)
    version = (await stage.viewer.get("/api/settings/")).json()["store_version"]
    await stage.operator.post("/api/settings/presets/low/apply")
    await stage.operator.post("/api/settings/restore", json={"version": version})
    assert await read_value(stage, "physics.spring.strength") == 3
