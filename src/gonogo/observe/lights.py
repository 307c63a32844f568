"""The room's lights on the board: the infrastructure's health, its checks, and its alerts."""

from __future__ import annotations

from collections.abc import Sequence

from gonogo.kernel.kernel import Kernel
from gonogo.kernel.room import Light, LightState
from gonogo.observe.alerts.board import read_alert_lights
from gonogo.observe.health import Health, HealthStatus
from gonogo.observe.verdict import assess_all

_STATES: dict[HealthStatus, LightState] = {
    "healthy": "go",
    "warning": "hold",
    "critical": "no_go",
    "unknown": "no_data",
}


async def read_lights(kernel: Kernel) -> Sequence[Light]:
    """How healthy everything is, and what fires."""
    return [judge_health(assess_all(kernel)), *await read_alert_lights(kernel)]


def judge_health(health: Health) -> Light:
    """The light of this health, with its worst component as the reason."""
    return Light("Infrastructure", _STATES[health.status], f"{health.score:.0f} of 100: {health.reason}", "/observe")
