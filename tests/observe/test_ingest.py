"""What agents deliver: nothing lost, nothing twice, nothing that makes no sense."""

from __future__ import annotations

import re
from typing import Any

import msgspec
import pytest
from sqlalchemy import func, select

from gonogo.kernel.kernel import Kernel
from gonogo.kernel.signals import evaluate, parse_expression
from gonogo.observe.collecting.platform import name_host
from gonogo.observe.desk import Desk
from gonogo.observe.metrics import NAMES
from gonogo.observe.models import process_metrics, system_metrics
from gonogo.observe.schemas import Details, Disk, Platform, Process, Sample, Snapshot
from tests.fake_clock import FakeClock
from tests.observe.stage import NOON, PATH, make_samples, report
from tests.people import Server


def make_body(host: str = "web1", count: int = 3) -> dict[str, Any]:
    samples = [msgspec.structs.asdict(sample) for sample in make_samples(NOON - 60, count)]
    return {"host": host, "agent": "test", "samples": samples}


async def test_a_report_is_stored_once(server: Server) -> None:
    first = await server.operator.post(f"{PATH}/ingest", json=make_body())
    again = await server.operator.post(f"{PATH}/ingest", json=make_body(count=5))
    assert first.json()["data"] == {"accepted": 3, "duplicates": 0, "refused": 0, "send_every_s": 15}
    assert again.json()["data"] == {"accepted": 2, "duplicates": 3, "refused": 0, "send_every_s": 15}
    query = select(func.count()).select_from(system_metrics).where(system_metrics.c.host == "web1")
    assert await server.kernel.db.read(lambda tx: tx.execute(query).scalar_one()) == 5


async def test_agents_send_faster_while_somebody_watches(server: Server, clock: FakeClock) -> None:
    await server.viewer.get(f"{PATH}/hosts")
    watched = await server.operator.post(f"{PATH}/ingest", json=make_body())
    clock.advance(61)
    alone = await server.operator.post(f"{PATH}/ingest", json=make_body())
    assert [answer.json()["data"]["send_every_s"] for answer in (watched, alone)] == [5, 15]


async def test_a_viewer_may_not_report(server: Server) -> None:
    assert (await server.viewer.post(f"{PATH}/ingest", json=make_body())).status_code == 403
    assert (await server.stranger.post(f"{PATH}/ingest", json=make_body())).status_code == 401


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"host": "../etc"}, "host"),
        ({"samples": [{"at": NOON, "values": [1.0]}]}, "samples"),
        ({"samples": "many"}, "samples"),
        ({"schema": 9}, "schema"),
        ({"details": {"boot_time": 10**30}}, "details"),
        ({"details": {"boot_time": -1}}, "details"),
        ({"snapshots": [{"at": 10**30, "total": 1, "processes": []}]}, "snapshots"),
        ({"snapshots": [{"at": NOON, "total": 10**40, "processes": []}]}, "snapshots"),
        ({"platform": {"memory_bytes": 10**40}}, "platform"),
    ],
)
async def test_a_report_that_makes_no_sense_is_refused(server: Server, change: dict[str, Any], field: str) -> None:
    answer = await server.operator.post(f"{PATH}/ingest", json=make_body() | change)
    assert (answer.status_code, re.split(r"\[|\.", answer.json()["field"])[0]) == (422, field)


async def test_samples_from_the_future_or_long_ago_are_refused(kernel: Kernel) -> None:
    samples = [make_samples(at, 1)[0] for at in (NOON + 3600, NOON - 40 * 86_400, NOON)]
    receipt = await report(kernel, "web1", samples)
    assert (receipt.accepted, receipt.refused) == (1, 2)


async def test_processes_of_the_future_are_left_out(kernel: Kernel) -> None:
    await report(kernel, "web1", [], snapshots=[Snapshot(NOON, 90, []), Snapshot(NOON + 3600, 91, [])])
    state = kernel.get_part(Desk).fleet.get("web1")
    assert state.snapshot is not None
    assert state.snapshot.total == 90


async def test_numbers_become_signals_under_the_hosts_name(kernel: Kernel, clock: FakeClock) -> None:
    values: list[float | None] = [None] * len(NAMES)
    values[NAMES.index("cpu_percent")] = 97.0
    details = Details(boot_time=NOON, disks=[Disk("/srv", "/dev/sdb", 81.5, 815, 185, 1000)])
    await report(kernel, "web1", [Sample(NOON, values)], details=details)
    judged = [
        evaluate(parse_expression(text), kernel.signals, clock.now()).outcome
        for text in (
            "host.cpu{host=web1} > 90%",
            "host.disk{host=web1,mount=/srv} < 80%",
            "host.memory{host=web1} > 0%",
        )
    ]
    assert judged == ["true", "false", "no_data"]


async def test_services_show_in_the_process_signals(kernel: Kernel) -> None:
    members = [Process(pid, "api", "www", "running", 12.0, 1.0, 1000, 2, service="api") for pid in (7, 8)]
    await report(kernel, "web1", [], snapshots=[Snapshot(NOON, 90, members)])
    (series,) = kernel.signals.find_samples("process.rss", {"service": "api"})
    assert series.samples == [(float(NOON), 2000.0)]


async def test_a_new_host_is_an_event(server: Server) -> None:
    await server.operator.post(f"{PATH}/ingest", json=make_body())
    await server.operator.post(f"{PATH}/ingest", json=make_body())
    events = (await server.viewer.get("/api/events", params={"name": "host.joined"})).json()["data"]
    assert [event["subject"] for event in events] == ["web1"]


async def test_a_restart_remembers_the_hosts(server: Server) -> None:
    platform = Platform(system="Linux", cores=4)
    await report(server.kernel, "web1", make_samples(NOON, 1), platform=platform)
    from gonogo.observe.store.reading import list_hosts

    (known,) = [known for known in await server.kernel.db.read(list_hosts) if known.host == "web1"]
    assert known.platform == platform
    assert known.sample == make_samples(NOON, 1)[0]


async def test_processes_are_rows_for_plain_sql(kernel: Kernel) -> None:
    processes = [Process(pid, "job", "www", "sleeping", 1.5, 0.1, 4096, 1) for pid in range(30)]
    await report(kernel, "web1", [], snapshots=[Snapshot(NOON, 300, processes)])
    query = select(func.count()).select_from(process_metrics).where(process_metrics.c.host == "web1")
    assert await kernel.db.read(lambda tx: tx.execute(query).scalar_one()) == 10
    state = kernel.get_part(Desk).fleet.get("web1")
    assert state.snapshot is not None
    assert len(state.snapshot.processes) == 30


async def test_a_host_that_is_gone_can_be_forgotten(server: Server) -> None:
    await server.operator.post(f"{PATH}/ingest", json=make_body())
    assert (await server.viewer.delete(f"{PATH}/hosts/web1")).status_code == 403
    assert (await server.operator.delete(f"{PATH}/hosts/web1")).status_code == 200
    assert (await server.operator.delete(f"{PATH}/hosts/web1")).status_code == 404
    assert (await server.operator.delete(f"{PATH}/hosts/{name_host()}")).status_code == 409
    assert server.kernel.signals.find_samples("host.cpu", {"host": "web1"}) == []
    await server.operator.post(f"{PATH}/ingest", json=make_body())
    events = (await server.viewer.get("/api/events", params={"name": "host."})).json()["data"]
    told = [event["name"] for event in events if event["subject"] == "web1"]
    assert sorted(told) == ["host.forgotten", "host.joined", "host.joined"]
