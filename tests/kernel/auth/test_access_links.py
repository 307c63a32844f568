"""Links that invite or reset: once, for a day, and never readable in the database."""

from __future__ import annotations

import asyncio

import pytest

from gonogo.kernel.auth import access_links
from gonogo.kernel.auth.access_links import LIFE
from gonogo.kernel.auth.actor import SYSTEM, Actor
from gonogo.kernel.auth.errors import LinkNotValid, PersonExists, PersonNotFound, WeakPassword
from gonogo.kernel.auth.link_store import KEPT, drop_old_links
from gonogo.kernel.auth.people import change_person
from gonogo.kernel.auth.schemas import NewInvitation, PersonChange, SignIn
from gonogo.kernel.db import tables
from gonogo.kernel.db.database import Tx
from gonogo.kernel.db.event_log import find_events
from gonogo.kernel.errors import BadInput, Conflict, Forbidden, NotSignedIn
from gonogo.kernel.kernel import Kernel
from tests.fake_clock import FakeClock
from tests.people import PASSWORD, add_actor

ADA = NewInvitation("Ada@Example.test", "Ada", "operator")
CHOSEN = "seven wet umbrellas waltz"


@pytest.fixture
async def admin(kernel: Kernel) -> Actor:
    return await add_actor(kernel, "admin")


async def test_an_invitation_joins_with_its_role(kernel: Kernel, admin: Actor) -> None:
    link, token = await access_links.invite(kernel.db, admin, ADA)
    assert (link.email, link.role, link.created_by) == ("ada@example.test", "operator", admin.name)
    for _ in range(2):
        assert await access_links.find_link(kernel.db, token) == link
    person = await access_links.accept(kernel.db, token, CHOSEN)
    assert (person.email, person.name, person.role) == ("ada@example.test", "Ada", "operator")
    assert (await kernel.sessions.check_password(SignIn("ada@example.test", CHOSEN))).id == person.id
    events = await kernel.db.read(lambda tx: find_events(tx, names=("person.",), newest_first=True, limit=2))
    assert [(event.name, event.actor_name) for event in events] == [
        ("person.added", "ada@example.test"),
        ("person.invited", admin.name),
    ]


async def test_a_link_works_once(kernel: Kernel, admin: Actor) -> None:
    _, token = await access_links.invite(kernel.db, admin, ADA)
    tries = (access_links.accept(kernel.db, token, CHOSEN) for _ in range(3))
    outcomes = await asyncio.gather(*tries, return_exceptions=True)
    assert sorted(isinstance(outcome, LinkNotValid) for outcome in outcomes) == [False, True, True]


async def test_a_link_works_for_a_day(kernel: Kernel, admin: Actor, clock: FakeClock) -> None:
    _, token = await access_links.invite(kernel.db, admin, ADA)
    clock.advance(LIFE.total_seconds() - 1)
    assert await access_links.find_link(kernel.db, token)
    clock.advance(1)
    with pytest.raises(LinkNotValid, match="24 hours"):
        await access_links.accept(kernel.db, token, CHOSEN)
    assert await access_links.list_links(kernel.db, admin) == []


@pytest.mark.parametrize("token", ["", "gni_unknown"])
async def test_a_link_that_never_was(kernel: Kernel, token: str) -> None:
    with pytest.raises(LinkNotValid):
        await access_links.accept(kernel.db, token, CHOSEN)


async def test_a_weak_password_does_not_use_it_up(kernel: Kernel, admin: Actor) -> None:
    _, token = await access_links.invite(kernel.db, admin, ADA)
    with pytest.raises(WeakPassword):
        await access_links.accept(kernel.db, token, "password1234")
    assert await access_links.accept(kernel.db, token, CHOSEN, "Ada L.")


async def test_a_newer_link_ends_the_older(kernel: Kernel, admin: Actor) -> None:
    _, first = await access_links.invite(kernel.db, admin, ADA)
    link, second = await access_links.invite(kernel.db, admin, ADA)
    with pytest.raises(LinkNotValid):
        await access_links.find_link(kernel.db, first)
    assert await access_links.list_links(kernel.db, admin) == [link]
    assert await access_links.find_link(kernel.db, second)


async def test_a_link_can_be_revoked(kernel: Kernel, admin: Actor) -> None:
    link, token = await access_links.invite(kernel.db, admin, ADA)
    await access_links.revoke_link(kernel.db, admin, link.id)
    with pytest.raises(LinkNotValid):
        await access_links.accept(kernel.db, token, CHOSEN)
    with pytest.raises(LinkNotValid):
        await access_links.revoke_link(kernel.db, admin, link.id)


async def test_a_reset_link_sets_the_password_and_ends_the_sessions(kernel: Kernel, admin: Actor) -> None:
    ann = await add_actor(kernel, "viewer", "ann@example.test")
    cookie = await kernel.sessions.open_browser(ann)
    _, token = await access_links.make_reset_link(kernel.db, admin, ann.id)
    assert (await kernel.sessions.check_password(SignIn(ann.name, PASSWORD))).id == ann.id
    assert (await access_links.accept(kernel.db, token, CHOSEN)).id == ann.id
    assert (await kernel.sessions.check_password(SignIn(ann.name, CHOSEN))).id == ann.id
    for gone in (
        kernel.authenticator.identify_cookie(cookie),
        kernel.sessions.check_password(SignIn(ann.name, PASSWORD)),
    ):
        with pytest.raises(NotSignedIn):
            await gone
    (event,) = await kernel.db.read(lambda tx: find_events(tx, names=("person.password_reset",)))
    assert (event.subject, event.actor) == (ann.id, ann.id)


async def test_a_disabled_person_gets_no_way_in(kernel: Kernel, admin: Actor) -> None:
    ann = await add_actor(kernel, "viewer", "ann@example.test")
    _, token = await access_links.make_reset_link(kernel.db, admin, ann.id)
    await change_person(kernel.db, SYSTEM, ann.id, PersonChange(disabled=True))
    with pytest.raises(LinkNotValid):
        await access_links.accept(kernel.db, token, CHOSEN)
    with pytest.raises(Conflict):
        await access_links.make_reset_link(kernel.db, admin, ann.id)


async def test_links_are_for_administrators(kernel: Kernel) -> None:
    approver = await add_actor(kernel, "approver")
    for refused in (
        access_links.invite(kernel.db, approver, ADA),
        access_links.make_reset_link(kernel.db, approver, approver.id),
        access_links.list_links(kernel.db, approver),
        access_links.revoke_link(kernel.db, approver, "any"),
    ):
        with pytest.raises(Forbidden):
            await refused


async def test_whom_one_can_not_invite(kernel: Kernel, admin: Actor) -> None:
    with pytest.raises(PersonExists):
        await access_links.invite(kernel.db, admin, NewInvitation(admin.name))
    with pytest.raises(BadInput):
        await access_links.invite(kernel.db, admin, NewInvitation("nobody"))
    with pytest.raises(PersonNotFound):
        await access_links.make_reset_link(kernel.db, admin, "nobody")


async def test_who_joined_meanwhile_signs_in(kernel: Kernel, admin: Actor) -> None:
    _, token = await access_links.invite(kernel.db, admin, ADA)
    await add_actor(kernel, "viewer", "ada@example.test")
    with pytest.raises(PersonExists):
        await access_links.accept(kernel.db, token, CHOSEN)


async def test_tokens_are_not_stored_as_they_are(kernel: Kernel, admin: Actor) -> None:
    _, token = await access_links.invite(kernel.db, admin, ADA)
    everything = b"".join(path.read_bytes() for path in kernel.config.folder.glob("gonogo.db*"))
    assert b"ada@example.test" in everything
    assert token.encode() not in everything


async def test_old_links_are_forgotten(kernel: Kernel, admin: Actor, clock: FakeClock) -> None:
    def count(tx: Tx) -> int:
        return len(tx.execute(tables.access_links.select()).all())

    await access_links.invite(kernel.db, admin, ADA)
    clock.advance((LIFE + KEPT).total_seconds())
    await kernel.db.write(drop_old_links)
    assert await kernel.db.read(count) == 1
    clock.advance(1)
    await kernel.db.write(drop_old_links)
    assert await kernel.db.read(count) == 0
