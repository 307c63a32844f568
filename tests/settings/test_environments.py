"""Environments: overlays that inherit what they do not set."""

from __future__ import annotations

from tests.people import Server
from tests.settings.stage import edit_outside, listen, put, read, read_value, receive

KEY = "physics.iterations"


async def add(stage: Server, name: str, parent: str = "default") -> None:
    answer = await stage.admin.put(f"/api/settings/environments/{name}", json={"parent": parent})
    assert answer.status_code == 200, answer.text


async def overlay(stage: Server, name: str, value: int) -> None:
    answer = await stage.operator.put(f"/api/settings/{KEY}", params={"environment": name}, json={"value": value})
    assert answer.status_code == 200, answer.text


async def test_an_overlay_inherits_until_it_sets(stage: Server) -> None:
    await add(stage, "staging")
    await add(stage, "preview", "staging")
    await put(stage, KEY, 7)
    assert await read_value(stage, KEY, environment="preview") == 7
    await overlay(stage, "staging", 8)
    seen = await read(stage, KEY, environment="preview")
    assert (seen["value"], seen["origin"]) == (8, "staging")
    assert await read_value(stage, KEY) == 7
    listed = (await stage.viewer.get("/api/settings/", params={"environment": "staging"})).json()["data"]
    assert next(one["value"] for one in listed if one["key"] == KEY) == 8
    await stage.operator.delete(f"/api/settings/{KEY}", params={"environment": "staging"})
    assert await read_value(stage, KEY, environment="preview") == 7
    undo = await stage.operator.post(f"/api/settings/{KEY}/undo", params={"environment": "staging"})
    assert undo.json()["data"]["value"] == 8


async def test_each_environment_hears_what_changes_for_it(stage: Server) -> None:
    await add(stage, "staging")
    async with listen(stage, "?environment=staging") as staging, listen(stage) as plain:
        for socket in (staging, plain):
            await receive(socket), await receive(socket)
        await overlay(stage, "staging", 8)
        told = await receive(staging)
        assert (told["type"], told["value"]) == ("change", 8)
        empty = await receive(plain)
        assert (empty["type"], empty["version"], empty["changes"]) == ("batch", told["version"], [])
        await put(stage, KEY, 7)
        assert (await receive(plain))["value"] == 7
        assert (await receive(staging))["changes"] == []


async def test_environments_are_listed_and_removed(stage: Server) -> None:
    await add(stage, "staging")
    await add(stage, "preview", "staging")
    await overlay(stage, "preview", 9)
    listed = (await stage.viewer.get("/api/settings/environments")).json()["data"]
    assert [(one["name"], one["parent"], one["count"]) for one in listed] == [
        ("default", None, 9),
        ("preview", "staging", 1),
        ("staging", "default", 0),
    ]
    assert (await stage.admin.delete("/api/settings/environments/staging")).status_code == 409
    assert (await stage.admin.delete("/api/settings/environments/default")).status_code == 409
    assert (await stage.admin.delete("/api/settings/environments/preview")).status_code == 200
    assert (await stage.viewer.get(f"/api/settings/{KEY}", params={"environment": "preview"})).status_code == 404


async def test_no_environment_inherits_from_itself(stage: Server) -> None:
    await add(stage, "staging")
    await add(stage, "preview", "staging")
    circle = await stage.admin.put("/api/settings/environments/staging", json={"parent": "preview"})
    assert circle.status_code == 409
    assert (await stage.admin.put("/api/settings/environments/default", json={})).status_code == 422
    assert (await stage.operator.put("/api/settings/environments/mine", json={})).status_code == 403
    for path in ("", f"/{KEY}/history", "/export", "/presets"):
        answer = await stage.viewer.get(f"/api/settings{path}", params={"environment": "moon"})
        assert answer.status_code == 404, path


async def test_an_overlay_is_edited_from_outside_too(stage: Server) -> None:
    await add(stage, "staging")
    await edit_outside(
        stage, "INSERT INTO settings_overlays (environment, key, value) VALUES ('staging', ?, '42')", KEY
    )
    assert await read_value(stage, KEY, environment="staging") == 42
    await edit_outside(stage, "DELETE FROM settings_overlays")
    assert await read_value(stage, KEY, environment="staging") == 100
