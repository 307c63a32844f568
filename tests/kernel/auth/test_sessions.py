"""Signing in, refreshing, signing out, and what ends a session."""

from __future__ import annotations

import asyncio

import pytest

from gonogo.kernel.auth.actor import SYSTEM, Actor
from gonogo.kernel.auth.errors import SignInThrottled, WrongCredentials
from gonogo.kernel.auth.people import change_person
from gonogo.kernel.auth.schemas import PersonChange, SignIn
from gonogo.kernel.auth.sessions import REFRESH_LIFE
from gonogo.kernel.auth.throttle import PER_NAME
from gonogo.kernel.db.event_log import find_events
from gonogo.kernel.errors import NotSignedIn
from gonogo.kernel.kernel import Kernel
from tests.fake_clock import FakeClock
from tests.people import PASSWORD, add_actor

TRIES = PER_NAME.tries


@pytest.fixture
async def ann(kernel: Kernel) -> Actor:
    return await add_actor(kernel, "operator", "ann@example.test")


async def list_names(kernel: Kernel) -> list[str]:
    return [event.name for event in await kernel.db.read(find_events)]


@pytest.mark.parametrize("email", ["ann@example.test", " Ann@Example.TEST "])
async def test_the_right_password(kernel: Kernel, ann: Actor, email: str) -> None:
    assert await kernel.sessions.check_password(SignIn(email, PASSWORD)) == ann


@pytest.mark.parametrize(("email", "password"), [("ann@example.test", "wrong"), ("nobody@example.test", PASSWORD)])
async def test_wrong_credentials_look_alike(kernel: Kernel, ann: Actor, email: str, password: str) -> None:
    with pytest.raises(WrongCredentials, match="E-mail or password is wrong"):
        await kernel.sessions.check_password(SignIn(email, password))


async def test_a_disabled_person_can_not_sign_in(kernel: Kernel, ann: Actor) -> None:
    await change_person(kernel.db, SYSTEM, ann.id, PersonChange(disabled=True))
    with pytest.raises(WrongCredentials):
        await kernel.sessions.check_password(SignIn(ann.name, PASSWORD))
    await change_person(kernel.db, SYSTEM, ann.id, PersonChange(disabled=False))
    assert await kernel.sessions.check_password(SignIn(ann.name, PASSWORD)) == ann


async def test_guesses_sent_together_are_counted_one_by_one(kernel: Kernel, ann: Actor) -> None:
    guesses = [kernel.sessions.check_password(SignIn(ann.name, f"guess {n}")) for n in range(TRIES * 4)]
    outcomes = await asyncio.gather(*guesses, return_exceptions=True)
    assert sum(isinstance(outcome, WrongCredentials) for outcome in outcomes) == TRIES
    assert sum(isinstance(outcome, SignInThrottled) for outcome in outcomes) == TRIES * 3


async def test_right_passwords_sent_together_all_pass(kernel: Kernel, ann: Actor) -> None:
    tries = [kernel.sessions.check_password(SignIn(ann.name, PASSWORD)) for _ in range(TRIES * 2)]
    assert await asyncio.gather(*tries) == [ann] * (TRIES * 2)


async def test_a_refresh_token_works_once_and_its_follower_next(kernel: Kernel, ann: Actor) -> None:
    first = await kernel.sessions.issue_tokens(ann)
    second = await kernel.sessions.rotate(first.refresh_token)
    third = await kernel.sessions.rotate(second.refresh_token)
    assert await kernel.authenticator.identify_bearer(third.access_token) == ann
    assert (await list_names(kernel))[-2:] == ["person.tokens_refreshed"] * 2


async def test_a_refresh_token_used_twice_ends_every_session(kernel: Kernel, ann: Actor) -> None:
    cookie = await kernel.sessions.open_browser(ann)
    assert await kernel.authenticator.identify_cookie(cookie) == ann
    stolen = await kernel.sessions.issue_tokens(ann)
    follower = await kernel.sessions.rotate(stolen.refresh_token)
    with pytest.raises(NotSignedIn, match="used before"):
        await kernel.sessions.rotate(stolen.refresh_token)
    with pytest.raises(NotSignedIn):
        await kernel.sessions.rotate(follower.refresh_token)
    with pytest.raises(NotSignedIn):
        await kernel.authenticator.identify_cookie(cookie)
    for tokens in (stolen, follower):
        with pytest.raises(NotSignedIn, match="ended this access token"):
            await kernel.authenticator.identify_bearer(tokens.access_token)
    assert "person.sessions_ended" in await list_names(kernel)


async def test_of_two_that_refresh_at_once_none_keeps_a_session(kernel: Kernel, ann: Actor) -> None:
    tokens = await kernel.sessions.issue_tokens(ann)
    outcomes = await asyncio.gather(
        *(kernel.sessions.rotate(tokens.refresh_token) for _ in range(2)), return_exceptions=True
    )
    won = [outcome for outcome in outcomes if not isinstance(outcome, BaseException)]
    assert len(won) == 1
    with pytest.raises(NotSignedIn):
        await kernel.sessions.rotate(won[0].refresh_token)


async def test_a_refresh_token_runs_out(kernel: Kernel, ann: Actor, clock: FakeClock) -> None:
    tokens = await kernel.sessions.issue_tokens(ann)
    clock.advance(REFRESH_LIFE.total_seconds())
    with pytest.raises(NotSignedIn):
        await kernel.sessions.rotate(tokens.refresh_token)


@pytest.mark.parametrize("token", ["", "gnr_unknown"])
async def test_an_unknown_refresh_token(kernel: Kernel, token: str) -> None:
    with pytest.raises(NotSignedIn):
        await kernel.sessions.rotate(token)


async def test_signing_out_ends_that_browser_alone(kernel: Kernel, ann: Actor) -> None:
    here, there = await kernel.sessions.open_browser(ann), await kernel.sessions.open_browser(ann)
    await kernel.authenticator.identify_cookie(here)
    await kernel.sessions.close_browser(here)
    with pytest.raises(NotSignedIn):
        await kernel.authenticator.identify_cookie(here)
    assert await kernel.authenticator.identify_cookie(there) == ann
    assert (await list_names(kernel))[-1] == "person.signed_out"


async def test_signing_out_a_program_ends_its_refresh_token(kernel: Kernel, ann: Actor) -> None:
    left, kept = await kernel.sessions.issue_tokens(ann), await kernel.sessions.issue_tokens(ann)
    await kernel.sessions.close_refresh(left.refresh_token)
    assert (await list_names(kernel))[-1] == "person.signed_out"
    await kernel.sessions.close_refresh("gnr_unknown")
    assert (await kernel.sessions.rotate(kept.refresh_token)).access_token
    with pytest.raises(NotSignedIn):
        await kernel.sessions.rotate(left.refresh_token)


async def test_a_new_password_ends_every_session(kernel: Kernel, ann: Actor) -> None:
    cookie = await kernel.sessions.open_browser(ann)
    tokens = await kernel.sessions.issue_tokens(ann)
    await change_person(kernel.db, ann, ann.id, PersonChange(password="another long password", old_password=PASSWORD))
    with pytest.raises(NotSignedIn):
        await kernel.authenticator.identify_cookie(cookie)
    with pytest.raises(NotSignedIn):
        await kernel.sessions.rotate(tokens.refresh_token)
    with pytest.raises(NotSignedIn, match="ended this access token"):
        await kernel.authenticator.identify_bearer(tokens.access_token)
    assert await kernel.sessions.check_password(SignIn(ann.name, "another long password")) == ann
    again = await kernel.sessions.issue_tokens(ann)
    assert await kernel.authenticator.identify_bearer(again.access_token) == ann


async def test_another_name_or_role_ends_no_access_token(kernel: Kernel, ann: Actor) -> None:
    tokens = await kernel.sessions.issue_tokens(ann)
    await change_person(kernel.db, SYSTEM, ann.id, PersonChange(name="Ann", role="approver"))
    assert (await kernel.authenticator.identify_bearer(tokens.access_token)).role == "approver"
