"""The room's light and its panel on the front page."""

from __future__ import annotations

from collections.abc import Sequence

from gonogo.kernel.kernel import Kernel
from gonogo.kernel.room import Light, Panel
from gonogo.services.views import ServiceView, view_services

NAME, PAGE = "Services", "/services"


async def read_lights(kernel: Kernel) -> Sequence[Light]:
    """No-go when one that should run doesn't, hold while one is not wholly ready; no light without services."""
    services = await view_services(kernel)
    return [judge_services(services)] if services else []


def judge_services(services: Sequence[ServiceView]) -> Light:
    """The light of these services."""
    wanted = [each for each in services if each.wanted]
    for bad, state in ((("crashing", "gave_up", "failed", "down"), "no_go"), (("starting", "degraded"), "hold")):
        found = [each for each in wanted if each.condition in bad]
        if found:
            more = f", and {len(found) - 1} more" if len(found) > 1 else ""
            told = f"{found[0].name} is {found[0].condition.replace('_', ' ')}{more}"
            reason = f"{told}: {found[0].why}" if found[0].why else told
            return Light(NAME, state, reason, f"{PAGE}/{found[0].name}")  # type: ignore[arg-type]
    count = sum(each.ready for each in wanted)
    return Light(NAME, "go", f"{len(wanted)} up, {count} processes ready", PAGE)


async def read_panels(kernel: Kernel) -> Sequence[Panel]:
    """The services with their state, beside the board."""
    services = await view_services(kernel)
    if not services:
        return []
    return [Panel("services", "services/_panel.html", {"services": services}, ("service",), "side")]
