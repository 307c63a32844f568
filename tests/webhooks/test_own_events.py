"""Gonogo's own events: read from the log on from a stored place, told once, also after a standstill."""

from __future__ import annotations

import json
import re
from pathlib import Path

from gonogo.app import ROOMS
from gonogo.kernel.auth.actor import SYSTEM
from gonogo.kernel.config import Config
from gonogo.kernel.db.database import Tx
from gonogo.kernel.kernel import Kernel
from gonogo.webhooks.globs import matches_any
from gonogo.webhooks.own_events import NOT_TOLD, OWN, RESERVED
from tests.fake_clock import FakeClock
from tests.webhooks.receiver import Receiver, until
from tests.webhooks.stage import add, settle


def happen(name: str, subject: str) -> object:
    def change(tx: Tx) -> None:
        tx.emit(name, subject, {"title": "Summer timetable"}, SYSTEM)

    return change


async def tell(kernel: Kernel, name: str, subject: str = "r1") -> None:
    await kernel.db.write(happen(name, subject))  # type: ignore[arg-type]


def list_types(receiver: Receiver) -> list[str]:
    return [json.loads(heard.body)["type"] for heard in receiver.heard]


async def test_an_event_of_the_log_is_delivered(kernel: Kernel, receiver: Receiver) -> None:
    await add(kernel, receiver.url, events=["release.*"])
    await tell(kernel, "release.finished")
    await settle(kernel, "delivered")
    [heard] = receiver.heard
    told = json.loads(heard.body)
    assert told["type"] == "release.finished"
    assert told["id"] == heard.headers["webhook-id"]
    assert told["data"] == {"title": "Summer timetable", "subject": "r1", "actor": "Gonogo"}


def test_the_list_names_every_event_there_is_and_no_other() -> None:
    page = (Path(__file__).parents[2] / "docs/reference/events.md").read_text()
    names = re.findall(r"^\| `([a-z_]+\.[a-z_]+)` \| (?!\*notice)", page, flags=re.MULTILINE)
    told = [name for name in names if name.partition(".")[0] not in NOT_TOLD]
    assert [name for name in told if not matches_any(OWN, name)] == []
    assert [glob for glob in OWN if not any(matches_any([glob], name) for name in told)] == []
    assert {name.partition(".")[0] for name in told} <= RESERVED


async def test_only_what_is_subscribed_to(kernel: Kernel, receiver: Receiver) -> None:
    await add(kernel, receiver.url, events=["*.finished", "setting.changed"])
    for name in ("release.started", "release.finished", "setting.changed", "setting.undone"):
        await tell(kernel, name)
    await settle(kernel, "delivered", 2)
    assert sorted(list_types(receiver)) == ["release.finished", "setting.changed"]


async def test_webhooks_do_not_tell_of_themselves(kernel: Kernel, clock: FakeClock, receiver: Receiver) -> None:
    clock.advance(1)
    await add(kernel, receiver.url, events=["*"])
    await tell(kernel, "webhook.delivery_failed")
    await tell(kernel, "release.finished")
    await settle(kernel, "delivered")
    assert list_types(receiver) == ["release.finished"]


async def test_what_happened_while_nobody_delivered_is_told_once(
    config: Config, clock: FakeClock, receiver: Receiver
) -> None:
    async with Kernel(config, ROOMS, clock) as kernel:
        await add(kernel, receiver.url, events=["release.*"])
        await tell(kernel, "release.started")
        await settle(kernel, "delivered")
    quiet = Config(home=config.home, webhooks_allow="127.0.0.1", deliver_webhooks=False)
    async with Kernel(quiet, ROOMS, clock) as kernel:
        await tell(kernel, "release.finished")
    async with Kernel(config, ROOMS, clock) as kernel:
        await settle(kernel, "delivered", 2)
    assert list_types(receiver) == ["release.started", "release.finished"]


async def test_an_endpoint_hears_nothing_from_before_it_was_there(
    config: Config, clock: FakeClock, receiver: Receiver
) -> None:
    quiet = Config(home=config.home, webhooks_allow="127.0.0.1", deliver_webhooks=False)
    async with Kernel(quiet, ROOMS, clock) as kernel:
        await tell(kernel, "release.started")
        clock.advance(1)
        await add(kernel, receiver.url, events=["release.*"])
        await tell(kernel, "release.finished")
    async with Kernel(config, ROOMS, clock) as kernel:
        await settle(kernel, "delivered")
    assert list_types(receiver) == ["release.finished"]


async def test_two_deliverers_tell_it_once(config: Config, clock: FakeClock, receiver: Receiver) -> None:
    async with Kernel(config, ROOMS, clock) as first, Kernel(config, ROOMS, clock) as second:
        await add(first, receiver.url, events=["release.*"])
        for number in range(20):
            await tell(first, "release.started", f"r{number}")
            await tell(second, "release.started", f"s{number}")
        await settle(first, "delivered", 40, clock)
    await until(lambda: len(receiver.heard) >= 40, "all are told")
    subjects = [heard.data["subject"] for heard in receiver.heard]
    assert len(subjects) == len(set(subjects)) == 40
