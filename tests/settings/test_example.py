"""The example catalog of examples/visualizer: 78 settings, 5 first and 73 added, and presets of seventy values."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from gonogo.settings.catalog import Catalog, read_catalog
from gonogo.settings.commands.catalog import judge_preset
from tests.people import Server
from tests.settings.stage import list_events, query_outside

EXAMPLE = Path(__file__).parents[2] / "examples" / "visualizer"
PRESETS = ("low", "medium", "high", "ultra")


def read(name: str) -> Catalog:
    return read_catalog((EXAMPLE / f"{name}.toml").read_text(encoding="utf-8"), "toml")


def test_five_settings_come_first_and_73_are_added() -> None:
    base, added = read("catalog-base").settings, read("catalog").settings
    assert (len(base), len(added), len({one.key for one in base + added})) == (5, 73, 78)
    groups = Counter(one.category for one in base + added)
    assert set(groups) == {
        "analytics",
        "dashboard",
        "performance",
        "physics",
        "rendering",
        "agents",
        "quality",
        "xr",
    }
    assert all(one.description and one.label for one in base + added)


def test_every_preset_sets_the_same_seventy_settings_and_fits() -> None:
    definitions = {one.key: one for name in ("catalog-base", "catalog") for one in read(name).settings}
    presets = read("presets").presets
    assert tuple(one.name for one in presets) == PRESETS
    assert {frozenset(one.values) for one in presets} == {frozenset(presets[0].values)}
    assert len(presets[0].values) == 70
    assert [judge_preset(one, definitions) for one in presets] == [[], [], [], []]


async def test_the_migration_is_counted_and_idempotent(server: Server) -> None:
    for name in ("catalog-base", "catalog", "presets", "catalog"):
        text = (EXAMPLE / f"{name}.toml").read_text(encoding="utf-8")
        query = {"source": name, "format": "toml"}
        answer = await server.admin.post("/api/settings/catalog", params=query, content=text)
        assert answer.json()["data"]["warnings"] == []
    assert query_outside(server, "SELECT COUNT(*) FROM settings") == [(78,)]
    assert query_outside(server, "SELECT key FROM settings GROUP BY key HAVING COUNT(*) > 1") == []


@pytest.mark.parametrize("name", PRESETS)
async def test_a_preset_is_one_change(server: Server, name: str) -> None:
    for file in ("catalog-base", "catalog", "presets"):
        text = (EXAMPLE / f"{file}.toml").read_text(encoding="utf-8")
        await server.admin.post("/api/settings/catalog", params={"source": file, "format": "toml"}, content=text)
    preview = (await server.operator.post(f"/api/settings/presets/{name}/preview")).json()["data"]
    applied = (await server.operator.post(f"/api/settings/presets/{name}/apply")).json()["data"]
    assert applied["changed"] == len(preview) > 0
    assert len(await list_events(server, "setting.preset_applied")) == 1
    assert (await server.operator.post(f"/api/settings/presets/{name}/preview")).json()["data"] == []
