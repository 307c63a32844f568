"""The one word for a service's state."""

from __future__ import annotations

import pytest

from gonogo.services.state import Identity, InstanceState, KeeperState, Phase
from gonogo.services.views import judge_state


def make_state(phase: Phase, restarts: int) -> KeeperState:
    why = "it ended with exit code 3" if phase == "backing_off" else ""
    process = InstanceState(name="v1/1", version="v1", role="active", phase=phase, restarts=restarts, why=why)
    return KeeperState(service="web", keeper=Identity(1, 1), active="v1", instances=(process,))


@pytest.mark.parametrize(
    ("phase", "restarts", "told"),
    [
        ("starting", 0, "starting"),
        ("backing_off", 1, "starting"),
        ("backing_off", 2, "crashing"),
        ("starting", 2, "crashing"),
        ("ready", 7, "ready"),
    ],
)
def test_who_falls_again_and_again_is_not_starting(phase: Phase, restarts: int, told: str) -> None:
    assert judge_state(make_state(phase, restarts), "")[0] == told
