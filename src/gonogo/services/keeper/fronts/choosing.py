"""The front that a service asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gonogo.services.keeper.fronts.front import Front, NoFront
from gonogo.services.keeper.fronts.held import HeldFront
from gonogo.services.keeper.fronts.shared import SharedFront

if TYPE_CHECKING:
    from gonogo.services.keeper.supervising import Keeper


def choose_front(keeper: Keeper) -> Front:
    """By the driver's name."""
    spec = keeper.spec
    if spec.driver == "socket":
        return HeldFront(*spec.address)
    if spec.driver == "reuseport":
        return SharedFront(*spec.address)
    return NoFront(spec.port)
