"""Lights add up to one verdict."""

from __future__ import annotations

from collections.abc import Sequence

from gonogo.kernel.config import Config
from gonogo.kernel.kernel import Kernel
from gonogo.kernel.room import Light, LightState, Room
from gonogo.web.board import judge_board, read_board


def make_light(state: LightState) -> Light:
    return Light(state, state, "because", "/")


def test_the_worst_light_decides_and_comes_first() -> None:
    board = judge_board([make_light("go"), make_light("no_data"), make_light("no_go"), make_light("hold")])
    assert board.state == "no_go"
    assert [light.state for light in board.lights] == ["no_go", "hold", "no_data", "go"]
    assert board.summary == "1 NO-GO, 1 HOLD, 1 NO DATA, 1 GO"


def test_missing_data_is_not_go() -> None:
    assert judge_board([make_light("go"), make_light("no_data")]).state == "no_data"


def test_no_light_at_all_is_no_data() -> None:
    assert judge_board([]).state == "no_data"


async def test_a_room_that_fails_shows_as_no_data(config: Config) -> None:
    async def fail(_kernel: Kernel) -> Sequence[Light]:
        raise RuntimeError("no connection")

    async def shine(_kernel: Kernel) -> Sequence[Light]:
        return [make_light("go")]

    rooms = (Room(name="broken", summary="", read_lights=fail), Room(name="fine", summary="", read_lights=shine))
    board = await read_board(Kernel(config, rooms))
    assert [(light.name, light.state) for light in board.lights] == [("Broken", "no_data"), ("go", "go")]
