"""``gonogo services`` from the terminal: it waits until what it moved has settled, and says all of it as JSON, too."""

from __future__ import annotations

import json

import pytest

from tests.journeys.processes import Machine

TABLE = """
[services.clock]
command = ["sh", "-c", "while true; do echo tick; sleep 0.2; done"]
"""


def test_services_are_moved_and_settled(machine: Machine) -> None:
    machine.write("gonogo.toml", TABLE)
    with machine.serve():
        try:
            assert machine.call("services", "up", "clock").returncode == 0
            scaled = machine.call("services", "scale", "clock", "2", "--json")
            [clock] = json.loads(scaled.stdout)
            assert (scaled.returncode, clock["condition"], clock["ready"]) == (0, "ready", 2), scaled.stderr
            restarted = machine.call("services", "restart", "clock", "--json")
            [clock] = json.loads(restarted.stdout)
            assert (restarted.returncode, clock["condition"], clock["ready"]) == (0, "ready", 2), restarted.stderr
            log = json.loads(machine.call("services", "logs", "clock", "-n", "1", "--json").stdout)
            assert log["text"].endswith("tick\n")
            both = machine.call("services", "logs", "clock", "--json", "--follow")
            assert (both.returncode, "--follow has no end" in both.stderr) == (2, True)
        finally:
            assert machine.call("services", "down").returncode == 0


@pytest.mark.parametrize("replicas", ["-3", "0"])
def test_a_number_that_breaks_a_rule_is_told_in_words(machine: Machine, replicas: str) -> None:
    machine.write("gonogo.toml", TABLE.replace("[services.clock]", "[services.clock]\nautostart = false"))
    machine.keep_data()
    done = machine.call("services", "scale", "clock", replicas)
    assert (done.returncode, done.stderr) == (2, "gonogo: 'replicas': Expected a whole number of at least 1\n")
