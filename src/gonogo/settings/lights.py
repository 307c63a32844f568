"""The room's light on the board."""

from __future__ import annotations

from collections.abc import Sequence

from gonogo.kernel.kernel import Kernel
from gonogo.kernel.room import Light
from gonogo.settings.fanout.hub import Hub
from gonogo.settings.live import LiveSettings
from gonogo.settings.outside import Outside

NAME, PAGE = "Settings", "/settings"


async def read_lights(kernel: Kernel) -> Sequence[Light]:
    """Go, unless a value written from outside was refused, or the database was replaced under us."""
    live, outside = kernel.get_part(LiveSettings), kernel.get_part(Outside)
    if outside.is_replaced:
        reason = "The database file was replaced while in use. Restart Gonogo to work with the new one."
        return [Light(NAME, "no_go", reason, PAGE)]
    faults = sorted(key for _, key in live.faults)
    if faults:
        more = f" and {len(faults) - 1} more" if len(faults) > 1 else ""
        reason = f"A value written from outside was refused: {faults[0]}{more}. The last good value is in use."
        return [Light(NAME, "hold", reason, f"{PAGE}?q={faults[0]}")]
    clients = len(kernel.get_part(Hub))
    return [Light(NAME, "go", f"{len(live)} settings, {clients} clients listening", PAGE)]
