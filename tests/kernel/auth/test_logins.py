"""Sessions are listed, ended one by one, or all but one's own."""

from __future__ import annotations

import pytest

from gonogo.kernel.auth.actor import Actor
from gonogo.kernel.auth.client import Client
from gonogo.kernel.auth.errors import PersonNotFound, SessionNotFound
from gonogo.kernel.auth.logins import end_other_sessions, end_session, list_sessions
from gonogo.kernel.clock import format_instant
from gonogo.kernel.db.event_log import find_events
from gonogo.kernel.errors import Forbidden, NotSignedIn
from gonogo.kernel.kernel import Kernel
from tests.fake_clock import FakeClock
from tests.people import add_actor

LAPTOP = Client("203.0.113.5", "Firefox")


@pytest.fixture
async def ann(kernel: Kernel) -> Actor:
    return await add_actor(kernel, "operator", "ann@example.test")


async def test_a_session_says_where_it_is(kernel: Kernel, ann: Actor, clock: FakeClock) -> None:
    opened = format_instant(clock.now())
    cookie = await kernel.sessions.open_browser(ann, LAPTOP)
    clock.advance(60)
    await kernel.sessions.issue_tokens(ann, Client("198.51.100.7", "gonogo"))
    current = await kernel.authenticator.find_login_id(None, cookie)
    program, browser = await list_sessions(kernel.db, ann, current)
    assert (browser.device, browser.address, browser.kind) == ("Firefox", "203.0.113.5", "browser")
    assert (browser.opened_at, browser.last_seen_at, browser.person) == (opened, opened, ann.name)
    assert (browser.current, program.current, program.kind) == (True, False, "program")


async def test_when_it_was_last_seen(kernel: Kernel, ann: Actor, clock: FakeClock) -> None:
    cookie = await kernel.sessions.open_browser(ann)
    tokens = await kernel.sessions.issue_tokens(ann)
    clock.advance(600)
    await kernel.authenticator.identify_cookie(cookie)
    await kernel.session_uses.write()
    seen = {session.kind: session.last_seen_at for session in await list_sessions(kernel.db, ann, "")}
    assert seen["browser"] == format_instant(clock.now())
    assert seen["program"] != seen["browser"]
    await kernel.authenticator.identify_bearer(tokens.access_token)
    await kernel.session_uses.write()
    seen = {session.kind: session.last_seen_at for session in await list_sessions(kernel.db, ann, "")}
    assert seen["program"] == format_instant(clock.now())


async def test_refreshed_tokens_are_the_same_session(kernel: Kernel, ann: Actor, clock: FakeClock) -> None:
    first = await kernel.sessions.issue_tokens(ann, LAPTOP)
    (before,) = await list_sessions(kernel.db, ann, "")
    clock.advance(3600)
    second = await kernel.sessions.rotate(first.refresh_token)
    (after,) = await list_sessions(kernel.db, ann, "")
    assert (after.id, after.opened_at, after.device) == (before.id, before.opened_at, "Firefox")
    assert await kernel.authenticator.find_login_id(second.access_token, None) == before.id


async def test_ending_one_ends_its_tokens_at_once(kernel: Kernel, ann: Actor) -> None:
    await kernel.sessions.open_browser(ann)
    tokens = await kernel.sessions.issue_tokens(ann)
    await kernel.authenticator.identify_bearer(tokens.access_token)
    login = await kernel.authenticator.find_login_id(tokens.access_token, None)
    await end_session(kernel.db, ann, login)
    with pytest.raises(NotSignedIn):
        await kernel.authenticator.identify_bearer(tokens.access_token)
    with pytest.raises(NotSignedIn):
        await kernel.sessions.rotate(tokens.refresh_token)
    with pytest.raises(SessionNotFound):
        await end_session(kernel.db, ann, login)


async def test_ending_a_browser_leaves_the_others(kernel: Kernel, ann: Actor) -> None:
    here, there = await kernel.sessions.open_browser(ann), await kernel.sessions.open_browser(ann)
    await kernel.authenticator.identify_cookie(here)
    await end_session(kernel.db, ann, await kernel.authenticator.find_login_id(None, there))
    with pytest.raises(NotSignedIn):
        await kernel.authenticator.identify_cookie(there)
    assert await kernel.authenticator.identify_cookie(here) == ann
    (event,) = await kernel.db.read(lambda tx: find_events(tx, names=("person.session_ended",)))
    assert (event.subject, event.actor) == (ann.id, ann.id)


async def test_signing_out_ends_the_access_token_too(kernel: Kernel, ann: Actor) -> None:
    tokens = await kernel.sessions.issue_tokens(ann)
    await kernel.authenticator.identify_bearer(tokens.access_token)
    await kernel.sessions.close_refresh(tokens.refresh_token)
    with pytest.raises(NotSignedIn):
        await kernel.authenticator.identify_bearer(tokens.access_token)


async def test_all_others_end(kernel: Kernel, ann: Actor) -> None:
    here = await kernel.sessions.open_browser(ann)
    others = [await kernel.sessions.open_browser(ann) for _ in range(3)]
    current = await kernel.authenticator.find_login_id(None, here)
    assert await end_other_sessions(kernel.db, ann, current) == 3
    assert await kernel.authenticator.identify_cookie(here) == ann
    for other in others:
        with pytest.raises(NotSignedIn):
            await kernel.authenticator.identify_cookie(other)


async def test_those_of_others_are_for_administrators(kernel: Kernel, ann: Actor) -> None:
    bob, admin = await add_actor(kernel, "approver"), await add_actor(kernel, "admin")
    cookie = await kernel.sessions.open_browser(ann)
    login = await kernel.authenticator.find_login_id(None, cookie)
    for refused in (list_sessions(kernel.db, bob, "", ann.name), list_sessions(kernel.db, bob, "", "*")):
        with pytest.raises(Forbidden):
            await refused
    with pytest.raises(SessionNotFound):
        await end_session(kernel.db, bob, login)
    with pytest.raises(Forbidden):
        await end_other_sessions(kernel.db, bob, "", ann.id)
    assert [session.id for session in await list_sessions(kernel.db, admin, "", ann.name)] == [login]
    assert login in {session.id for session in await list_sessions(kernel.db, admin, "", "*")}
    assert await end_other_sessions(kernel.db, admin, "", ann.name) == 1
    with pytest.raises(NotSignedIn):
        await kernel.authenticator.identify_cookie(cookie)
    with pytest.raises(PersonNotFound):
        await list_sessions(kernel.db, admin, "", "nobody@example.test")
