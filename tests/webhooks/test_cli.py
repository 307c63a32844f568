"""``gonogo webhooks`` from the first endpoint to a replay, with a server that it talks to."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.journeys.processes import Machine, wait_until
from tests.webhooks.test_killing import Pier, count_state, run_ledger


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Pier(tmp_path, tmp_path / "home")


def run(machine: Machine, *words: str) -> str:
    done = machine.call("webhooks", *words)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_from_the_first_endpoint_to_a_replay(machine: Machine) -> None:
    schema = machine.write("ferry.json", '{"type": "object", "required": ["pier"]}')
    with run_ledger() as ledger, machine.serve():
        assert "declared" in run(machine, "declare", "ferry.departed", "--schema", str(schema))
        added = run(machine, "add", ledger.url, "--events", "ferry.*", "--header", "X-Token: pier")
        assert "whsec_" in added
        assert "goes to 1 endpoint" in run(machine, "send", "ferry.departed", '{"pier": 4}')
        wait_until(lambda: count_state(machine, "delivered") == 1, "it is delivered")
        assert "delivered" in run(machine, "deliveries")
        assert "200" in run(machine, "show", "1")
        assert "1 delivery" in run(machine, "replay", "1")
        wait_until(lambda: len(ledger.ids) == 2, "it is sent again")
        refused = machine.call("webhooks", "send", "ferry.departed", "{}")
        assert (refused.returncode, "pier" in refused.stderr) == (2, True)
        assert machine.call("webhooks", "replay").returncode == 2
        assert "/hooks/github" in run(machine, "add-source", "github", "--kind", "github")
        assert "github" in run(machine, "sources")
