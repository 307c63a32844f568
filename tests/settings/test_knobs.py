"""Rooms' knobs as settings: one becomes a setting when it is turned, and what is set reaches it at once."""

from __future__ import annotations

from typing import Any

import pytest

from gonogo.app import ROOMS
from gonogo.kernel.auth.actor import SYSTEM
from gonogo.kernel.config import Config
from gonogo.kernel.kernel import Kernel
from gonogo.settings.commands.values import set_value, unset_value
from gonogo.settings.desk import Desk
from gonogo.settings.live import LiveSettings
from tests.fake_clock import FakeClock
from tests.people import Server
from tests.settings.stage import read

KNOB = "gonogo.health.cpu_warning"


async def put(server: Server, value: Any, *, who: str = "admin") -> Any:
    return await getattr(server, who).put(f"/api/settings/{KNOB}", json={"value": value})


async def test_knobs_are_no_settings_until_somebody_turns_one(stage: Server) -> None:
    count = len(stage.kernel.get_part(LiveSettings))
    before = await read(stage, KNOB)
    assert (before["type"], before["value"], before["version"], before["modified"]) == ("float", 80, 0, False)
    assert KNOB not in {each["key"] for each in (await stage.viewer.get("/api/settings/")).json()["data"]}
    assert len(stage.kernel.get_part(LiveSettings)) == count, "reading makes no setting"
    assert (await stage.viewer.get("/api/settings/gonogo.health.nothing")).status_code == 404
    assert (await put(stage, 66)).status_code == 200
    assert len(stage.kernel.get_part(LiveSettings)) == count + 1
    assert stage.kernel.knobs[KNOB] == 66
    told = await read(stage, KNOB)
    assert (told["category"], told["label"], told["unit"], told["default"]) == ("gonogo", "HEALTH_CPU_WARNING", "%", 80)


async def test_only_administrators_turn_knobs(stage: Server) -> None:
    assert (await put(stage, 66, who="operator")).status_code == 403
    assert KNOB not in stage.kernel.get_part(LiveSettings).definitions
    await put(stage, 66)
    assert (await put(stage, 67, who="operator")).status_code == 403
    assert stage.kernel.knobs[KNOB] == 66


@pytest.mark.parametrize("value", [0, 101, "high", None])
async def test_a_knob_refuses_what_is_out_of_bounds(stage: Server, value: Any) -> None:
    assert (await put(stage, value)).status_code == 422
    assert stage.kernel.knobs[KNOB] == 80


async def test_a_batch_turns_knobs_too(stage: Server) -> None:
    body = {"values": {KNOB: 70, "gonogo.health.cpu_critical": 75}}
    assert (await stage.admin.post("/api/settings/batch", json=body)).status_code == 200
    assert (stage.kernel.knobs[KNOB], stage.kernel.knobs["gonogo.health.cpu_critical"]) == (70, 75)


async def test_a_turned_knob_stays_turned_and_goes_back_to_its_start(
    config: Config, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with Kernel(config, ROOMS, clock) as kernel:
        await set_value(kernel.get_part(Desk), SYSTEM, KNOB, 66.5)
    monkeypatch.setenv("HEALTH_CPU_WARNING", "55")
    async with Kernel(config, ROOMS, clock) as kernel:
        assert kernel.knobs[KNOB] == 66.5, "what a person set wins over the environment"
        await unset_value(kernel.get_part(Desk), SYSTEM, KNOB)
        assert kernel.knobs[KNOB] == 55
    monkeypatch.setenv("HEALTH_CPU_WARNING", "45")
    async with Kernel(config, ROOMS, clock) as kernel:
        assert kernel.knobs[KNOB] == 45, "nobody turned it, so the environment counts"
