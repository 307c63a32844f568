"""Guessing is slowed down, spraying too; nobody can lock another person out; every failure is on the record."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from gonogo.kernel.auth.actor import Actor
from gonogo.kernel.auth.client import Client
from gonogo.kernel.auth.errors import SignInThrottled, WrongCredentials
from gonogo.kernel.auth.schemas import SignIn
from gonogo.kernel.auth.sign_in_guard import EVENTS_A_MINUTE
from gonogo.kernel.auth.throttle import PER_ADDRESS, PER_NAME
from gonogo.kernel.db.event_log import find_events
from gonogo.kernel.events.event import Event
from gonogo.kernel.kernel import Kernel
from tests.fake_clock import FakeClock
from tests.people import PASSWORD, add_actor

STRANGER = Client("203.0.113.66", "curl/8")


@pytest.fixture
async def ann(kernel: Kernel) -> Actor:
    return await add_actor(kernel, "operator", "ann@example.test")


async def guess(kernel: Kernel, times: int, client: Client = STRANGER, email: str = "ann@example.test") -> list[Any]:
    """The problem that each wrong password meets."""
    met: list[Any] = []
    for number in range(times):
        try:
            await kernel.sessions.check_password(SignIn(email, f"guess {number}"), client)
        except (WrongCredentials, SignInThrottled) as problem:
            met.append(type(problem))
    return met


async def list_events(kernel: Kernel, name: str) -> list[Event]:
    return await kernel.db.read(lambda tx: find_events(tx, names=(name,), limit=500))


async def test_a_stranger_locks_nobody_out(kernel: Kernel, ann: Actor) -> None:
    met = await guess(kernel, PER_NAME.tries + 3)
    assert met == [WrongCredentials] * PER_NAME.tries + [SignInThrottled] * 3
    elsewhere = await kernel.sessions.check_password(SignIn(ann.name, PASSWORD), Client("198.51.100.7"))
    assert elsewhere.id == ann.id


async def test_behind_one_address_a_known_browser_passes(kernel: Kernel, ann: Actor) -> None:
    known = Client(STRANGER.address, device=kernel.sessions.know_browser(ann))
    await guess(kernel, PER_NAME.tries)
    with pytest.raises(SignInThrottled, match="signed in before"):
        await kernel.sessions.check_password(SignIn(ann.name, PASSWORD), STRANGER)
    assert (await kernel.sessions.check_password(SignIn(ann.name, PASSWORD), known)).id == ann.id


async def test_a_known_browser_is_throttled_by_itself(kernel: Kernel, ann: Actor) -> None:
    known = Client(STRANGER.address, device=kernel.sessions.know_browser(ann))
    assert (await guess(kernel, PER_NAME.tries + 1, known))[-1] is SignInThrottled
    moved = Client("198.51.100.7", device=known.device)
    assert await guess(kernel, 1, moved) == [SignInThrottled]
    assert (await kernel.sessions.check_password(SignIn(ann.name, PASSWORD), STRANGER)).id == ann.id


async def test_another_persons_browser_is_not_known(kernel: Kernel, ann: Actor) -> None:
    bob = await add_actor(kernel, "viewer", "bob@example.test")
    theirs = Client(STRANGER.address, device=kernel.sessions.know_browser(bob))
    await guess(kernel, PER_NAME.tries, theirs)
    assert await guess(kernel, 1, STRANGER) == [SignInThrottled]


async def test_one_password_for_sixty_names_is_throttled(kernel: Kernel) -> None:
    met = [(await guess(kernel, 1, email=f"person{number}@example.test"))[0] for number in range(60)]
    assert met == [WrongCredentials] * PER_ADDRESS.tries + [SignInThrottled] * (60 - PER_ADDRESS.tries)


async def test_addresses_of_one_ipv6_network_count_together(kernel: Kernel, ann: Actor) -> None:
    met = [(await guess(kernel, 1, Client(f"2001:db8::{number + 1:x}")))[0] for number in range(PER_NAME.tries + 1)]
    assert met[-1] is SignInThrottled


async def test_spraying_in_one_go_is_counted_too(kernel: Kernel) -> None:
    tries = [kernel.sessions.check_password(SignIn(f"p{n}@x.test", "x"), STRANGER) for n in range(60)]
    outcomes = await asyncio.gather(*tries, return_exceptions=True)
    wrong = sum(isinstance(outcome, WrongCredentials) for outcome in outcomes)
    assert PER_ADDRESS.tries <= wrong < PER_ADDRESS.tries + 4


async def test_every_failure_is_an_event_with_address_and_name(kernel: Kernel, ann: Actor) -> None:
    await guess(kernel, PER_NAME.tries + 5)
    await guess(kernel, 1, Client("198.51.100.7"), "nobody@example.test")
    failed = await list_events(kernel, "sign_in.failed")
    assert len(failed) == PER_NAME.tries + 1
    assert (failed[0].address, failed[0].subject) == (STRANGER.address, ann.id)
    assert failed[0].data == {"email": ann.name, "device": "curl/8", "reason": "wrong password"}
    assert failed[-1].data["reason"] == "no such person"
    (throttled,) = await list_events(kernel, "sign_in.throttled")
    assert (throttled.address, throttled.data["email"]) == (STRANGER.address, ann.name)
    assert (throttled.data["by"], throttled.data["wait_s"]) == ("name", 60)


async def test_each_pause_is_reported_once(kernel: Kernel, ann: Actor, clock: FakeClock) -> None:
    await guess(kernel, PER_NAME.tries + 5)
    clock.advance(60)
    await guess(kernel, 5)
    assert [event.data["wait_s"] for event in await list_events(kernel, "sign_in.throttled")] == [60, 120]


async def test_what_is_no_e_mail_is_not_written_down(kernel: Kernel) -> None:
    await guess(kernel, 1, email="my secret password")
    (failed,) = await list_events(kernel, "sign_in.failed")
    assert failed.data["email"] == "(not an e-mail)"


async def test_a_flood_from_everywhere_does_not_flood_the_log(kernel: Kernel, clock: FakeClock) -> None:
    for number in range(EVENTS_A_MINUTE + 10):
        await guess(kernel, 1, Client(f"10.0.{number // 250}.{number % 250}"))
    assert len(await list_events(kernel, "sign_in.failed")) == EVENTS_A_MINUTE
    clock.advance(60)
    await guess(kernel, 1, Client("10.9.9.9"))
    assert (await list_events(kernel, "sign_in.failed"))[-1].data["unreported_before"] == 10
