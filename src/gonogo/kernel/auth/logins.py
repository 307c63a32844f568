"""A person's logins: listed, ended one by one, or all but the current one."""

from __future__ import annotations

import msgspec

from gonogo.kernel.auth import session_store, store
from gonogo.kernel.auth.actor import Actor
from gonogo.kernel.auth.authorise import authorise
from gonogo.kernel.auth.errors import PersonNotFound, SessionNotFound
from gonogo.kernel.auth.schemas import Session
from gonogo.kernel.db.database import Database, Tx


async def list_sessions(db: Database, actor: Actor, current: str, person: str | None = None) -> list[Session]:
    """The actor's live sessions, or for administrators those of another ``person`` (id or e-mail; ``*`` for all)."""

    def read(tx: Tx) -> list[Session]:
        if person == "*":
            authorise(actor, "admin")
            return session_store.list_sessions(tx)
        return session_store.list_sessions(tx, _find_owner(tx, actor, person))

    sessions = await db.read(read)
    return [msgspec.structs.replace(session, current=session.id == current) for session in sessions]


async def end_session(db: Database, actor: Actor, id: str) -> None:
    """End one session: the actor's own, or anybody's for administrators. Raises ``SessionNotFound``."""

    def change(tx: Tx) -> None:
        owner = session_store.end_login(tx, id, None if actor.may("admin") else actor.id)
        if owner is None:
            raise SessionNotFound(f"You have no live session with the id {id}. It may have ended already.", field="id")
        tx.emit("person.session_ended", owner, {"session": id}, actor)

    await db.write(change)


async def end_other_sessions(db: Database, actor: Actor, current: str, person: str | None = None) -> int:
    """End all sessions of the actor but the current one, or every one of another person for administrators."""

    def change(tx: Tx) -> int:
        owner = _find_owner(tx, actor, person)
        ended = session_store.end_other_logins(tx, owner, current if owner == actor.id else "")
        if ended:
            tx.emit("person.session_ended", owner, {"sessions": ended}, actor)
        return ended

    return await db.write(change)


def _find_owner(tx: Tx, actor: Actor, person: str | None) -> str:
    if person is None or person in (actor.id, actor.name):
        return actor.id
    authorise(actor, "admin")
    found = store.find_person(tx, id=person) or store.find_person(tx, email=person)
    if found is None:
        raise PersonNotFound(f"There is nobody with the e-mail or id {person}.", field="person")
    return found.id
