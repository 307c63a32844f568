"""Slow clients: they get the newest value of each key, cost a bounded memory, and delay nobody."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from websockets.frames import Frame, Opcode
from websockets.protocol import CLIENT, Protocol

from gonogo.settings.changes import Change, Commit
from gonogo.settings.fanout.client import PENDING_MOST
from gonogo.settings.fanout.hub import Hub
from gonogo.settings.fanout.missed import MOST_BYTES, MOST_MESSAGES, Missed
from gonogo.settings.live import LiveSettings
from tests.people import Server
from tests.settings.stage import declare, listen, put, receive
from tests.settings.test_socket import open_mute


class SlowWire:
    """A wire that a test can block; it keeps what was written."""

    def __init__(self) -> None:
        self.is_writable = True
        self.written: list[bytes] = []
        self._resume: Callable[[], None] | None = None

    def take_sign(self) -> bool:
        return True

    def write(self, frames: bytes) -> None:
        self.written.append(frames)

    def on_writable(self, callback: Callable[[], None] | None) -> None:
        self._resume = callback

    def abort(self) -> None:
        raise AssertionError("nobody is to be cut off here")

    def unblock(self) -> None:
        self.is_writable = True
        assert self._resume is not None
        self._resume()

    def read(self) -> list[dict[str, Any]]:
        """The messages written so far, which are then forgotten."""
        protocol = Protocol(CLIENT)
        protocol.receive_data(b"".join(self.written))
        self.written.clear()
        frames = [one for one in protocol.events_received() if isinstance(one, Frame) and one.opcode is Opcode.TEXT]
        return [msgspec.json.decode(frame.data) for frame in frames]


def change(live: LiveSettings, *values: tuple[str, Any]) -> None:
    """Apply a commit that the database knows nothing of, and let everybody hear of it."""
    apply(live, *values)
    live.settle()


def apply(live: LiveSettings, *values: tuple[str, Any]) -> None:
    """Apply a commit that the database knows nothing of."""
    changes = tuple(Change(key, None, live.codec.encode(key, value), 2) for key, value in values)
    version = live.version + 1
    live.apply(Commit(version=version, environment="default", changes=changes, action="set", at="", by="test"))


@pytest.fixture
def wire() -> SlowWire:
    return SlowWire()


async def test_who_joins_before_the_others_were_told_misses_nothing_and_hears_nothing_twice(
    stage: Server, wire: SlowWire
) -> None:
    live, hub = stage.kernel.get_part(LiveSettings), stage.kernel.get_part(Hub)
    hub.join(wire, since=live.version)  # type: ignore[arg-type]
    wire.read()
    apply(live, ("physics.iterations", 7))
    late, fresh = SlowWire(), SlowWire()
    hub.join(late, since=live.version - 1)  # type: ignore[arg-type]
    hub.join(fresh)  # type: ignore[arg-type]
    assert [message["type"] for message in late.read()] == ["hello", "change"]
    assert fresh.read()[1]["settings"]["physics.iterations"] == 7
    assert [message["value"] for message in wire.read()] == [7], "the newcomer's question settled it for all"
    live.settle()
    assert late.read() == fresh.read() == wire.read() == []


async def test_a_slow_client_gets_the_newest_of_each_key(stage: Server, wire: SlowWire) -> None:
    live, hub = stage.kernel.get_part(LiveSettings), stage.kernel.get_part(Hub)
    client = hub.join(wire)  # type: ignore[arg-type]
    wire.written.clear()
    wire.is_writable = False
    for number in range(1, 501):
        change(live, ("physics.iterations", number))
        change(live, ("physics.spring.strength", number / 100))
    assert wire.written == []
    assert len(client.pending) == 2
    wire.unblock()
    (message,) = wire.read()
    assert (message["type"], message["version"]) == ("batch", live.version)
    assert {one["key"]: one["value"] for one in message["changes"]} == {
        "physics.iterations": 500,
        "physics.spring.strength": 5.0,
    }
    change(live, ("agents.name", "after"))
    assert [one["value"] for one in wire.read()] == ["after"]


async def test_too_much_for_a_slow_client_becomes_a_snapshot(server: Server, wire: SlowWire) -> None:
    count = PENDING_MOST + 1
    await declare(server, {"settings": {f"many.n{n}": {"type": "int", "default": 0} for n in range(count)}})
    live, hub = server.kernel.get_part(LiveSettings), server.kernel.get_part(Hub)
    client = hub.join(wire)  # type: ignore[arg-type]
    wire.written.clear()
    wire.is_writable = False
    change(live, *((f"many.n{n}", 1) for n in range(count)))
    change(live, ("many.n0", 2))
    assert client.pending == {}
    wire.unblock()
    (message,) = wire.read()
    assert (message["type"], message["version"]) == ("snapshot", live.version)
    assert (message["settings"]["many.n0"], message["settings"]["many.n1"]) == (2, 1)


async def test_a_stalled_client_delays_nobody(stage: Server) -> None:
    _, writer = await open_mute(stage)
    writer.transport.pause_reading()  # type: ignore[attr-defined]
    blob = ["x" * 10_000]
    async with listen(stage) as socket:
        await receive(socket), await receive(socket)
        hub = stage.kernel.get_part(Hub)
        for number in range(1000):
            await put(stage, "dashboard.panels", [*blob, number])
            assert (await receive(socket))["value"][1] == number
            if not all(client.wire.is_writable for client in hub.list_clients()):
                break
        else:
            raise AssertionError("the mute client never stalled")
        for number in range(50):
            await put(stage, "dashboard.panels", [*blob, -number])
            assert (await receive(socket))["value"][1] == -number
        behind = [client for client in hub.list_clients() if not client.wire.is_writable]
        assert [len(client.pending) for client in behind] == [1]
    writer.transport.abort()
    await asyncio.sleep(0)


def test_the_ring_is_bounded_in_number_and_bytes() -> None:
    missed = Missed()
    for version in range(1, MOST_MESSAGES + 101):
        missed.add(version, b"x")
    newest = MOST_MESSAGES + 100
    assert missed.find_since(newest - 2, newest) == b"xx"
    assert missed.find_since(newest, newest) == b""
    assert missed.find_since(100, newest) == b"x" * MOST_MESSAGES
    assert missed.find_since(99, newest) is None
    assert missed.find_since(newest + 1, newest) is None
    missed.add(newest + 1, b"y" * MOST_BYTES)
    assert missed.find_since(newest - 1, newest + 1) is None
