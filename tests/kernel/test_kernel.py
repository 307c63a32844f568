"""Opening and closing: rooms start in order, stop in reverse, and a failure leaves nothing open."""

from __future__ import annotations

import threading

import pytest

from gonogo.kernel.config import Config
from gonogo.kernel.db.database import DatabaseFailed
from gonogo.kernel.kernel import Kernel
from gonogo.kernel.room import Room
from gonogo.kernel.signals import Signal
from tests.fake_clock import FakeClock


class Diary:
    """What the rooms did, in order."""

    def __init__(self) -> None:
        self.entries: list[str] = []

    def make_room(self, name: str, *, failing: bool = False) -> Room:
        async def start(_kernel: Kernel) -> None:
            self.entries.append(f"{name} starts")
            if failing:
                raise LookupError(name)

        async def stop(_kernel: Kernel) -> None:
            self.entries.append(f"{name} stops")

        return Room(name=name, summary="", on_start=start, on_stop=stop)


def count_writers() -> int:
    return sum(thread.name == "db-writer" for thread in threading.enumerate())


async def test_rooms_start_in_order_and_stop_in_reverse(config: Config, clock: FakeClock) -> None:
    diary = Diary()
    async with Kernel(config, (diary.make_room("a"), diary.make_room("b")), clock):
        assert diary.entries == ["a starts", "b starts"]
    assert diary.entries[2:] == ["b stops", "a stops"]


async def test_a_room_that_can_not_start_closes_everything(config: Config, clock: FakeClock) -> None:
    diary = Diary()
    before = count_writers()
    kernel = Kernel(config, (diary.make_room("a"), diary.make_room("b", failing=True)), clock)
    with pytest.raises(LookupError):
        async with kernel:
            pass
    assert diary.entries == ["a starts", "b starts", "a stops"], "what did not start is not stopped"
    assert count_writers() == before
    with pytest.raises(DatabaseFailed):
        await kernel.db.write(lambda tx: None)


async def test_a_room_that_can_not_stop_does_not_keep_the_rest_open(config: Config, clock: FakeClock) -> None:
    async def fail(_kernel: Kernel) -> None:
        raise LookupError

    diary = Diary()
    before = count_writers()
    with pytest.raises(LookupError):
        async with Kernel(config, (diary.make_room("a"), Room(name="b", summary="", on_stop=fail)), clock):
            pass
    assert diary.entries == ["a starts", "a stops"]
    assert count_writers() == before


async def test_rooms_declare_signals_and_actions(config: Config, clock: FakeClock) -> None:
    async def ramp() -> None:
        pass

    def declare(kernel: Kernel) -> None:
        kernel.signals.declare(Signal("orders.rate", "/s", "Orders taken"))

    room = Room(name="orders", summary="", declare_signals=declare, actions={"orders.ramp": ramp})
    async with Kernel(config, (room,), clock) as kernel:
        assert kernel.signals.find_signal("orders.rate") is not None
        assert kernel.signals.find_signal("process.cpu") is not None
        assert kernel.actions == {"orders.ramp": ramp}


async def test_parts_are_found_by_their_class(kernel: Kernel) -> None:
    diary = Diary()
    kernel.add_part(diary)
    assert kernel.get_part(Diary) is diary


async def test_signals_are_sampled_while_it_runs(kernel: Kernel) -> None:
    seen = {status.signal.name: status.series for status in kernel.signals.list_signals(kernel.clock.now())}
    assert seen["process.rss"][0].value > 0


async def test_the_data_folder_is_the_owners_alone(kernel: Kernel) -> None:
    assert kernel.config.folder.stat().st_mode & 0o777 == 0o700
