"""The room's light on the board."""

from __future__ import annotations

from collections.abc import Sequence

from gonogo.kernel.kernel import Kernel
from gonogo.kernel.room import Light
from gonogo.webhooks.figures import Figures

NAME, PAGE = "Webhooks", "/webhooks"
LEAST_RATE = 95.0
FEWEST = 20
"""Attempts below which a rate says little."""
LONGEST_LAG_S = 60.0


async def read_lights(kernel: Kernel) -> Sequence[Light]:
    """No-go when too little arrives or nobody delivers; hold while an endpoint is in trouble."""
    figures = kernel.get_part(Figures)
    states, tally = figures.states, figures.tally
    active = states.get("active", 0)
    if not active and not states.get("disabled"):
        return [Light(NAME, "go", "No endpoints yet", PAGE)]
    rate = tally.success_rate
    if rate is not None and tally.total >= FEWEST and rate < LEAST_RATE:
        return [Light(NAME, "no_go", f"{rate:.0f} % of {tally.total} attempts were taken in ten minutes", PAGE)]
    if (lag := max(value for _, value in figures.read_lag())) > LONGEST_LAG_S:
        reason = f"A delivery has been due for {lag:.0f} s and nobody delivers. Is a deliverer running?"
        return [Light(NAME, "no_go", reason, PAGE)]
    if troubled := _tell_trouble(states):
        return [Light(NAME, "hold", troubled, PAGE)]
    told = "nothing sent in ten minutes" if rate is None else f"{rate:.0f} % taken in ten minutes"
    return [Light(NAME, "go", f"{active} {'endpoint' if active == 1 else 'endpoints'}, {told}", PAGE)]


def _tell_trouble(states: dict[str, int]) -> str:
    counts = ((states.get("disabled", 0), "disabled"), (states.get("failing", 0), "failing"))
    told = " and ".join(f"{count} {word}" for count, word in counts if count)
    return f"Endpoints in trouble: {told}" if told else ""
