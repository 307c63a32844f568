"""What the room says of itself: metrics, signals, alert rules, its light."""

from __future__ import annotations

import re

import pytest

from gonogo.kernel.signals import parse_expression
from gonogo.settings.alerts import ALERTS
from gonogo.settings.lights import read_lights
from tests.people import Server
from tests.settings.stage import listen, put, read_value, receive

SIGNALS = {"count", "reads", "writes", "clients", "dropped_clients", "search_p95", "reload_failures", "write_p99"}


async def test_metrics_have_the_names_people_chart(stage: Server) -> None:
    await put(stage, "physics.iterations", 7)
    await read_value(stage, "physics.iterations")
    async with listen(stage) as socket:
        await receive(socket)
        text = (await stage.viewer.get("/metrics")).text
    numbers = dict(re.findall(r"^(\w+(?:\{[^}]*\})?) ([\d.e+]+)$", text, flags=re.MULTILINE))
    assert numbers["settings_read_total"] == "1.0"
    assert numbers["settings_write_total"] == "1.0"
    assert numbers["websocket_connections_active"] == "1.0"
    assert numbers['hotreload_events_total{result="taken"}'] == "0.0"
    assert "settings_search_duration_count" in numbers


async def test_signals_are_declared_and_sampled(stage: Server) -> None:
    await put(stage, "physics.iterations", 7)
    await stage.viewer.get("/api/settings/search", params={"q": "physics"})
    kernel = stage.kernel
    kernel.signals.sample_all(kernel.clock.now())
    listed = {one.signal.name: one for one in kernel.signals.list_signals(kernel.clock.now())}
    assert {f"settings.{name}" for name in SIGNALS} <= set(listed)
    assert listed["settings.count"].series[0].value == 9
    assert listed["settings.writes"].series[0].value == 1
    assert listed["settings.write_p99"].series[0].value > 0


@pytest.mark.parametrize("rule", ALERTS, ids=lambda rule: rule.name)
async def test_alert_rules_ask_for_signals_there_are(stage: Server, rule: object) -> None:
    expression = parse_expression(rule.expression)  # type: ignore[attr-defined]
    assert stage.kernel.signals.find_signal(expression.signal) is not None  # type: ignore[union-attr]


async def test_the_light_says_how_many(stage: Server) -> None:
    light = (await read_lights(stage.kernel))[0]
    assert (light.state, light.reason) == ("go", "9 settings, 0 clients listening")
