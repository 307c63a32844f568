"""The go/no-go board: every room's lights, and the one verdict they add up to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import msgspec
import structlog

from gonogo.kernel.kernel import Kernel
from gonogo.kernel.room import Light, LightState, Room

log = structlog.get_logger()

_WORST_FIRST: tuple[LightState, ...] = ("no_go", "hold", "no_data", "go")
_HEADLINES: dict[LightState, str] = {
    "go": "All go",
    "hold": "Hold",
    "no_go": "No-go",
    "no_data": "Not everything reports",
}
_WORDS: dict[LightState, str] = {"go": "GO", "hold": "HOLD", "no_go": "NO-GO", "no_data": "NO DATA"}


class Board(msgspec.Struct, frozen=True):
    """The lights, worst first, with the verdict in two lines."""

    state: LightState
    headline: str
    summary: str
    lights: tuple[Light, ...]


async def read_board(kernel: Kernel) -> Board:
    """Ask every room for its lights. A room that can't answer shows as no data, with the fact."""
    lights: list[Light] = []
    for room in kernel.rooms:
        lights.extend(await _read_lights(kernel, room))
    return judge_board(lights)


async def _read_lights(kernel: Kernel, room: Room) -> Iterable[Light]:
    if room.read_lights is None:
        return ()
    try:
        return await room.read_lights(kernel)
    except Exception:
        log.exception("a room could not report its lights", room=room.name)
        return (Light(room.name.capitalize(), "no_data", "It could not report; the server's log says why.", "/audit"),)


def judge_board(lights: Iterable[Light]) -> Board:
    """The board of these lights: one NO-GO makes it no-go, then a hold, then missing data."""
    ordered = tuple(sorted(lights, key=lambda light: _WORST_FIRST.index(light.state)))
    if not ordered:
        return Board("no_data", "Nothing reports yet", "No room has put up a light.", ())
    counts = Counter(light.state for light in ordered)
    summary = ", ".join(f"{counts[state]} {_WORDS[state]}" for state in _WORST_FIRST if counts[state])
    state = ordered[0].state
    return Board(state, _HEADLINES[state], summary, ordered)
