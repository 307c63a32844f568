"""Health: every lost point is explained, changes are written, and a restart forgets nothing."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from gonogo.app import ROOMS
from gonogo.kernel.config import Config, ConfigError
from gonogo.kernel.db.event_log import find_events
from gonogo.kernel.kernel import Kernel
from gonogo.observe.commands.health import record_all
from gonogo.observe.commands.hosts import forget_host
from gonogo.observe.desk import Desk
from gonogo.observe.health import Component, Health, assess_health
from gonogo.observe.metrics import NAMES
from gonogo.observe.models import health_memory, infrastructure_health
from gonogo.observe.schemas import Sample
from tests.fake_clock import FakeClock
from tests.observe.stage import NOON, PATH, report
from tests.people import Server, add_actor

SETTINGS = "/api/settings"


def make_sample(at: int, **shares: float) -> Sample:
    """A calm host, except for these shares: cpu=85.0 and so on."""
    return Sample(at, [shares.get(name.removesuffix("_percent"), 20.0) for name in NAMES])


def read_health(kernel: Kernel, host: str = "web1") -> Health:
    return assess_health([kernel.get_part(Desk).fleet.get(host)], kernel.clock.now().timestamp())


def find_part(health: Health, name: str) -> Component:
    return next(one for one in health.components if one.component == name)


async def list_rows(kernel: Kernel, component: str, host: str = "web1") -> list[tuple[str, float]]:
    query = select(infrastructure_health).where(
        infrastructure_health.c.host == host, infrastructure_health.c.component == component
    )
    rows = await kernel.db.read(lambda tx: tx.execute(query.order_by(infrastructure_health.c.id)).all())
    return [(row.status, row.score) for row in rows]


async def test_every_lost_point_names_rule_value_and_threshold(kernel: Kernel) -> None:
    await report(kernel, "web1", [make_sample(NOON, cpu=85.0, disk=97.5)])
    health = read_health(kernel)
    cpu, disk = find_part(health, "cpu"), find_part(health, "disk")
    assert (cpu.status, cpu.rule, cpu.value, cpu.threshold) == ("warning", "HEALTH_CPU_WARNING", 85.0, 80.0)
    assert (disk.status, disk.rule, disk.value, disk.threshold) == ("critical", "HEALTH_DISK_CRITICAL", 97.5, 95.0)
    assert all(one.lost == pytest.approx(100 - one.score) for one in health.components)
    assert all(one.rule for one in health.components if one.lost)
    assert (health.status, health.score) == ("critical", disk.score)
    assert health.reason == "web1: disk at 97.5 % is above the critical threshold of 95 %"


async def test_a_value_on_its_way_down_stays_until_it_is_well_below(kernel: Kernel) -> None:
    await report(kernel, "web1", [make_sample(NOON - 10, memory=81.0), make_sample(NOON - 5, memory=79.0)])
    memory = find_part(read_health(kernel), "memory")
    assert (memory.status, memory.since) == ("warning", NOON - 10)
    assert memory.reason == "memory at 79 % rose above the warning threshold of 80 % and is not yet below 78 %"
    await report(kernel, "web1", [make_sample(NOON, memory=78.0)])
    assert find_part(read_health(kernel), "memory").status == "healthy"


async def test_changes_are_written_once_and_told(kernel: Kernel, clock: FakeClock) -> None:
    for values in (50.0, 85.0, 79.0, 79.9, 95.0):
        clock.advance(5)
        await report(kernel, "web1", [make_sample(int(clock.now().timestamp()), cpu=values)])
        await record_all(kernel)
    assert [status for status, _ in await list_rows(kernel, "cpu")] == ["healthy", "warning", "critical"]
    events = await kernel.db.read(lambda tx: find_events(tx, names=["host.health_changed"]))
    told = [(event.subject, event.data["component"], event.data["before"], event.data["status"]) for event in events]
    assert told == [("web1", "cpu", "healthy", "warning"), ("web1", "cpu", "warning", "critical")]
    assert (events[1].data["rule"], events[1].data["threshold"]) == ("HEALTH_CPU_CRITICAL", 90.0)


async def test_what_does_not_change_is_written_every_quarter_of_an_hour(kernel: Kernel, clock: FakeClock) -> None:
    for _ in range(31):
        await report(kernel, "web1", [make_sample(int(clock.now().timestamp()))])
        await record_all(kernel)
        clock.advance(60)
    assert await list_rows(kernel, "cpu") == [("healthy", 100.0)] * 3


async def test_a_silent_host_is_unknown_and_comes_back(kernel: Kernel, clock: FakeClock) -> None:
    await report(kernel, "web1", [make_sample(NOON)])
    clock.advance(91)
    silent = read_health(kernel)
    assert (silent.status, silent.components[0].rule, silent.components[0].lost) == ("unknown", "reports", 100.0)
    await record_all(kernel)
    clock.advance(5)
    await report(kernel, "web1", [make_sample(NOON + 95)])
    await record_all(kernel)
    assert [status for status, _ in await list_rows(kernel, "reports")] == ["healthy", "unknown", "healthy"]


async def test_a_restart_remembers_where_a_trembling_value_stood(config: Config, clock: FakeClock) -> None:
    async with Kernel(config, ROOMS, clock) as kernel:
        await report(kernel, "web1", [make_sample(NOON, cpu=90.5), make_sample(NOON + 5, cpu=88.5)])
    async with Kernel(config, ROOMS, clock) as kernel:
        cpu = find_part(read_health(kernel), "cpu")
        assert (cpu.status, cpu.since) == ("critical", NOON), "alone, 88.5 % would be a warning"
        await record_all(kernel)
        assert len(await list_rows(kernel, "cpu")) == 1
        events = await kernel.db.read(lambda tx: find_events(tx, names=["host.health_changed"]))
        assert events == []


async def test_a_forgotten_host_leaves_no_memory(kernel: Kernel) -> None:
    await report(kernel, "web1", [make_sample(NOON, cpu=95.0)])
    await forget_host(kernel, await add_actor(kernel, "operator"), "web1")
    query = select(health_memory).where(health_memory.c.host == "web1")
    assert (await kernel.db.read(lambda tx: tx.execute(query).all())) == []


async def test_thresholds_come_from_the_environment(
    config: Config, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HEALTH_CPU_WARNING", "50")
    monkeypatch.setenv("HEALTH_CPU_CRITICAL", "60.5")
    async with Kernel(config, ROOMS, clock) as kernel:
        await report(kernel, "web1", [make_sample(NOON, cpu=61.0)])
        cpu = find_part(read_health(kernel), "cpu")
        assert (cpu.status, cpu.threshold) == ("critical", 60.5)
    monkeypatch.setenv("HEALTH_CPU_WARNING", "high")
    with pytest.raises(ConfigError, match="HEALTH_CPU_WARNING"):
        Kernel(config, ROOMS, clock)


async def test_thresholds_are_live_settings(server: Server) -> None:
    async def put(key: str, value: Any, client: Any = server.admin) -> Any:
        return await client.put(f"{SETTINGS}/{key}", json={"value": value})

    await report(server.kernel, "web1", [make_sample(NOON, cpu=70.0)])
    assert find_part(read_health(server.kernel), "cpu").status == "healthy"
    assert (await put("gonogo.health.cpu_warning", 60)).status_code == 200
    await report(server.kernel, "web1", [make_sample(NOON + 5, cpu=70.0)])
    assert find_part(read_health(server.kernel), "cpu").threshold == 60.0
    health = (await server.viewer.get(f"{PATH}/health?host=web1")).json()["data"]
    assert (health["components"][0]["rule"], health["components"][0]["lost"]) == ("HEALTH_CPU_WARNING", 23.3)
