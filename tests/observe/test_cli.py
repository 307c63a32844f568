"""``gonogo observe`` and the SDK's room: what cron and people call."""

from __future__ import annotations

import json

import pytest

from gonogo.client.gonogo import AsyncGonogo
from tests.cli.conftest import Call, call, data_folder
from tests.observe.stage import NOON, make_samples, report
from tests.people import Server

__all__ = ["call", "data_folder"]
pytestmark = pytest.mark.usefixtures("data_folder")


def test_upkeep_works_without_a_server(call: Call) -> None:
    cleaned = call("observe", "cleanup", "--days", "30", "--dry-run", "--json")
    assert (cleaned.code, json.loads(cleaned.out)["dry_run"]) == (0, True)
    added = call("observe", "aggregate", "--period", "daily", "--hours", "48")
    assert (added.code, added.out) == (0, "0 daily rows written\n")
    verified = call("observe", "verify")
    assert (verified.code, verified.out) == (0, "0 sealed hours held against their roll-ups, 0 disagree\n")


def test_hosts_are_told_or_their_absence(call: Call) -> None:
    assert call("observe", "hosts").out == "No host has reported yet.\n"


@pytest.mark.parametrize(
    ("arguments", "missing"),
    [(("agent", "--key", "x"), "--server"), (("agent", "--server", "http://127.0.0.1:1"), "--key")],
)
def test_an_agent_without_server_or_key_says_so(call: Call, arguments: tuple[str, ...], missing: str) -> None:
    done = call(*arguments)
    assert done.code == 2
    assert missing in done.complaint


async def test_the_sdk_asks_and_does_the_same(server: Server) -> None:
    await report(server.kernel, "web1", make_samples(NOON - 300, 60))
    async with AsyncGonogo(home=server.kernel.config.folder) as gonogo:
        course = await gonogo.observe.history("load_1", "web1", "10m", points=20)
        assert 1 < len([value for value in course["avg"] if value is not None]) <= 20
        assert "web1" in [line["host"] for line in await gonogo.observe.hosts()]
        assert (await gonogo.observe.aggregate(2))["rows"] >= 23
        assert (await gonogo.observe.verify(2))["faults"] == []
        assert (await gonogo.observe.report("web1"))["system"]["host"] == "web1"
