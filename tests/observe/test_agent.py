"""The agent loses nothing: not while the server is away, not when it is killed, and it stays lean."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import func, select

from gonogo.observe.agent.buffer import Buffer
from gonogo.observe.agent.courier import Courier
from gonogo.observe.agent.link import Link, Refused, Undelivered
from gonogo.observe.agent.sampler import Sampler
from gonogo.observe.models import system_metrics
from gonogo.observe.schemas import Details, Platform, Process, Receipt, Report, Sample, Snapshot
from tests.observe.stage import NOON, make_values
from tests.people import Server, create_key


class FakeHost:
    def read(self, now: float, bytes_per_day: int = 0) -> tuple[Sample, Details]:
        return Sample(int(now), make_values(int(now))), Details(boot_time=NOON)


class FakeProcesses:
    def read(self, now: float) -> Snapshot:
        return Snapshot(int(now), 1, [Process(1, "init", "root", "sleeping", 0.0, 0.1, 1000, 1)])


class FakeLink:
    """A server that fails as long as ``failure`` is set."""

    def __init__(self) -> None:
        self.failure: Exception | None = None
        self.reports: list[Report] = []

    def deliver(self, report: Report) -> Receipt:
        if self.failure is not None:
            raise self.failure
        self.reports.append(report)
        return Receipt(len(report.samples), 0, 0, 15)


class Stage:
    def __init__(self, folder: Path) -> None:
        self.buffer, self.link, self.told = Buffer(folder / "agent.db"), FakeLink(), list[str]()
        self.sampler = Sampler(self.buffer, FakeHost(), FakeProcesses())
        self.courier = Courier("web1", self.buffer, self.link, self.sampler, Platform(), self.told.append)

    def run(self, start: int, end: int) -> None:
        for now in range(start, end, 5):
            self.sampler.beat(now)
            self.courier.look(now)

    @property
    def delivered(self) -> list[int]:
        return [sample.at for report in self.link.reports for sample in report.samples]


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    return Stage(tmp_path)


def test_everything_arrives_once_and_in_order(stage: Stage) -> None:
    stage.run(NOON, NOON + 120)
    stage.courier.deliver(NOON + 120)
    assert stage.delivered == list(range(NOON, NOON + 120, 5))
    assert len(stage.link.reports) < 12, "the server asked for a delivery every fifteen seconds"
    assert sum(len(report.snapshots) for report in stage.link.reports) == 4
    assert [report.platform is not None for report in stage.link.reports][:2] == [True, False]


def test_nothing_is_lost_while_the_server_is_away(stage: Stage) -> None:
    stage.link.failure = Undelivered("connection refused")
    stage.run(NOON, NOON + 3600)
    assert (len(stage.buffer), stage.delivered) == (720, [])
    stage.link.failure = None
    stage.run(NOON + 3600, NOON + 3700)
    stage.courier.deliver(NOON + 3700)
    assert stage.delivered == list(range(NOON, NOON + 3700, 5))
    assert stage.told[1:] == ["the server answers again"]
    assert "wait on disk: connection refused" in stage.told[0]


def test_a_killed_agent_goes_on_where_it_was(stage: Stage, tmp_path: Path) -> None:
    stage.link.failure = Undelivered("no route")
    stage.run(NOON, NOON + 60)
    following = Stage(tmp_path)
    following.run(NOON + 55, NOON + 65)
    following.courier.deliver(NOON + 65)
    assert following.delivered == list(range(NOON, NOON + 65, 5))


def test_what_the_server_will_never_take_does_not_block_the_rest(stage: Stage) -> None:
    stage.link.failure = Refused("the server answered 422: no such host name")
    stage.run(NOON, NOON + 5)
    stage.link.failure = None
    stage.run(NOON + 5, NOON + 10)
    stage.courier.deliver(NOON + 10)
    assert stage.delivered == [NOON + 5]
    assert "422" in stage.told[0]


async def test_an_agent_reports_to_a_real_server(server: Server, tmp_path: Path) -> None:
    token = await create_key(server.admin, "observe:write", host="web1")
    stage = Stage(tmp_path)
    link = Link(server.url, token)
    stage.sampler.beat(NOON)

    def deliver() -> None:
        Courier("web1", Buffer(tmp_path / "agent.db"), link, stage.sampler, Platform(), stage.told.append).deliver(NOON)

    await asyncio.to_thread(deliver)
    assert stage.told == []
    query = select(func.count()).select_from(system_metrics).where(system_metrics.c.host == "web1")
    assert await server.kernel.db.read(lambda tx: tx.execute(query).scalar_one()) == 1
    assert len(stage.buffer) == 0
    link.close()


def test_its_process_loads_no_server_code() -> None:
    program = (
        "import sys; import gonogo.observe.agent.__main__; "
        "heavy = {name.partition('.')[0] for name in sys.modules} & {'litestar', 'sqlalchemy', 'httpx', 'rich'}; "
        "print(*heavy, *(name for name in sys.modules if name.startswith('gonogo.kernel.')))"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    allowed = {"gonogo.kernel.environment", "gonogo.kernel.phrasing"}
    assert set(ran.stdout.split()) == allowed, "how its key is hidden, how a value that breaks a rule is told, no more"
