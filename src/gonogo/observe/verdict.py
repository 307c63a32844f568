"""The whole: hosts and checks in one verdict."""

from __future__ import annotations

from gonogo.kernel.kernel import Kernel
from gonogo.observe.checks.board import CheckBoard
from gonogo.observe.desk import Desk
from gonogo.observe.health import Health, assess_health


def assess_all(kernel: Kernel) -> Health:
    """Every component there is, worst first."""
    fleet = kernel.get_part(Desk).fleet
    checks = kernel.get_part(CheckBoard).list_components(fleet.local)
    return assess_health(fleet, kernel.clock.now().timestamp(), checks)
