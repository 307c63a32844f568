"""Links that let somebody set a password: an invitation with a role, or a reset by an administrator.

A link works once, for 24 hours; only the hash of its token is kept.
"""

from __future__ import annotations

import asyncio
from datetime import timedelta
from functools import partial

from gonogo.kernel.auth import link_store, people, store
from gonogo.kernel.auth.actor import Actor
from gonogo.kernel.auth.authorise import authorise
from gonogo.kernel.auth.client import UNKNOWN, Client
from gonogo.kernel.auth.errors import LinkNotValid, PersonExists
from gonogo.kernel.auth.passwords import check_password, hash_password
from gonogo.kernel.auth.schemas import AccessLink, NewInvitation, Person
from gonogo.kernel.auth.secrets import generate_token
from gonogo.kernel.clock import format_instant
from gonogo.kernel.db.database import Database, Tx
from gonogo.kernel.errors import Conflict
from gonogo.kernel.ids import new_id

LIFE = timedelta(hours=24)
PREFIX = "gni"
OVER = "This link was used already, was withdrawn, or is older than 24 hours. Ask an administrator for a new one."


async def invite(db: Database, actor: Actor, new: NewInvitation) -> tuple[AccessLink, str]:
    """An invitation and its token, which can't be had again. An earlier one to the same e-mail ends."""
    authorise(actor, "admin")
    email = people.check_email(new.email)
    token = generate_token(PREFIX)

    def change(tx: Tx) -> AccessLink:
        if store.find_person(tx, email=email):
            raise PersonExists(f"{email} is here already. Send them a reset link instead.", field="email")
        link = _make_link(tx, actor, "invitation", email, new.name.strip(), new.role)
        link_store.insert_link(tx, link, token)
        tx.emit("person.invited", link.id, {"email": email, "role": new.role, "expires_at": link.expires_at}, actor)
        return link

    return await db.write(change), token


async def make_reset_link(db: Database, actor: Actor, user_id: str) -> tuple[AccessLink, str]:
    """A link with which a person sets a new password, and its token. An earlier one ends."""
    authorise(actor, "admin")
    token = generate_token(PREFIX)

    def change(tx: Tx) -> AccessLink:
        person = people.get_person(tx, user_id)
        if person.disabled_at:
            raise Conflict(f"{person.email} is disabled. Enable them first.")
        link = _make_link(tx, actor, "reset", person.email, person.name, person.role, person.id)
        link_store.insert_link(tx, link, token)
        facts = {"email": person.email, "link": link.id, "expires_at": link.expires_at}
        tx.emit("person.reset_link_made", person.id, facts, actor)
        return link

    return await db.write(change), token


async def list_links(db: Database, actor: Actor) -> list[AccessLink]:
    """Links that still work, newest first."""
    authorise(actor, "admin")
    return await db.read(link_store.list_links)


async def revoke_link(db: Database, actor: Actor, id: str) -> None:
    """Make a link useless. Raises ``LinkNotValid``."""
    authorise(actor, "admin")

    def change(tx: Tx) -> None:
        link = link_store.revoke_link(tx, id)
        if link is None:
            raise LinkNotValid(f"There is no open link with the id {id}.", field="id")
        tx.emit("person.link_revoked", link.user_id or link.id, {"email": link.email, "kind": link.kind}, actor)

    await db.write(change)


async def find_link(db: Database, token: str) -> AccessLink:
    """The link behind a token, while it works. Raises ``LinkNotValid``. Looking does not use it up."""
    link = await db.read(partial(link_store.find_link, token=token))
    if link is None:
        raise LinkNotValid(OVER)
    return link


async def accept(db: Database, token: str, password: str, name: str = "", client: Client = UNKNOWN) -> Person:
    """Set the password, and join if it was an invitation; the link is used up.

    Raises ``LinkNotValid`` or ``WeakPassword``. All sessions of a person who resets their password end.
    """
    link = await find_link(db, token)
    await asyncio.to_thread(check_password, password, link.email, name or link.name)
    password_hash = await asyncio.to_thread(hash_password, password)

    def change(tx: Tx) -> Person:
        if not link_store.use_link(tx, link.id):
            raise LinkNotValid(OVER)
        return _set_password(tx, link, name.strip() or link.name, password_hash, client)

    return await db.write(change)


def _set_password(tx: Tx, link: AccessLink, name: str, password_hash: str, client: Client) -> Person:
    if link.user_id is None:
        if store.find_person(tx, email=link.email):
            raise PersonExists(f"{link.email} has an account already. Sign in with it.", field="email")
        now = format_instant(tx.clock.now())
        person = Person(new_id(), link.email, name or link.email, link.role, now)
        store.insert_person(tx, person, password_hash)
        actor = Actor(person.id, person.email, "user", person.role, account=person.id, address=client.address)
        tx.emit("person.added", person.id, {"email": person.email, "role": person.role, "invited": link.id}, actor)
        return person
    person = people.get_person(tx, link.user_id)
    if person.disabled_at:
        raise LinkNotValid(OVER)
    actor = Actor(person.id, person.email, "user", person.role, account=person.id, address=client.address)
    store.update_person(tx, person.id, {"password_hash": password_hash})
    store.end_sessions(tx, user_id=person.id)
    tx.emit("person.password_reset", person.id, {"email": person.email, "link": link.id}, actor)
    return person


def _make_link(
    tx: Tx, actor: Actor, kind: str, email: str, name: str, role: str, user_id: str | None = None
) -> AccessLink:
    now = tx.clock.now()
    link_store.revoke_links(tx, email)
    made = {"created_by": actor.name, "created_at": format_instant(now), "expires_at": format_instant(now + LIFE)}
    return AccessLink(id=new_id(), kind=kind, email=email, name=name, role=role, user_id=user_id, **made)  # type: ignore[arg-type]
