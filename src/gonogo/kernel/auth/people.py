"""Changes to people: adding them, changing role or password, and the administrator of the first start."""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec

from gonogo.kernel.auth import store
from gonogo.kernel.auth.actor import SYSTEM, Actor
from gonogo.kernel.auth.authorise import authorise
from gonogo.kernel.auth.errors import LastAdministrator, PersonExists, PersonNotFound
from gonogo.kernel.auth.passwords import check_password, generate_password, hash_password, verify_password
from gonogo.kernel.auth.schemas import NewPerson, Person, PersonChange
from gonogo.kernel.auth.secrets import write_secret
from gonogo.kernel.clock import format_instant
from gonogo.kernel.config import Config, ConfigError
from gonogo.kernel.db.database import Database, Tx
from gonogo.kernel.errors import BadInput
from gonogo.kernel.ids import new_id


async def add_person(db: Database, actor: Actor, new: NewPerson) -> tuple[Person, str]:
    """Add a person; returns them with the password, generated when ``new`` had none."""
    authorise(actor, "admin")
    email = check_email(new.email)
    password = new.password or generate_password()
    await asyncio.to_thread(check_password, password, email, new.name)
    password_hash = await asyncio.to_thread(hash_password, password)

    def change(tx: Tx) -> Person:
        if store.find_person(tx, email=email):
            raise PersonExists(f"{email} is here already. Change their role instead.", field="email")
        person = Person(
            new_id(), email, new.name.strip() or email, new.role, format_instant(tx.clock.now()), None, new.permissions
        )
        store.insert_person(tx, person, password_hash)
        facts = {"email": email, "role": new.role, "permissions": list(new.permissions)}
        tx.emit("person.added", person.id, facts, actor)
        return person

    return await db.write(change), password


async def change_person(db: Database, actor: Actor, id: str, wanted: PersonChange) -> Person:
    """Change a person. A new password or being disabled ends their sessions."""
    own = id == actor.id and not wanted.role and wanted.disabled is None and wanted.permissions is None
    authorise(actor, "viewer" if own else "admin")
    values: dict[str, Any] = {}
    if wanted.password is not None:
        if id == actor.id:
            await _check_old_password(db, actor, wanted.old_password)
        await asyncio.to_thread(check_password, wanted.password, actor.name if id == actor.id else "")
        values["password_hash"] = await asyncio.to_thread(hash_password, wanted.password)

    def change(tx: Tx) -> Person:
        person = get_person(tx, id)
        _keep_administrator(tx, person, wanted)
        plain = _plain_values(tx, person, wanted)
        values.update(plain)
        if values:
            store.update_person(tx, id, values)
        if wanted.password is not None or wanted.disabled:
            store.end_sessions(tx, user_id=id)
        before = {name: msgspec.to_builtins(getattr(person, name)) for name in plain}
        data = {"email": person.email, "changed": sorted(values), "from": before, "to": plain}
        tx.emit("person.changed", id, data, actor)
        return get_person(tx, id)

    return await db.write(change)


async def ensure_administrator(db: Database, config: Config) -> str | None:
    """Make the first administrator if there are no people yet; returns a generated password, once.

    The generated password is also kept in ``admin-password`` (0600) in the data folder. Raises ``ConfigError`` when
    the configured e-mail or password breaks a rule.
    """
    if await db.read(store.list_people):
        return None
    generated = None if config.admin_password else generate_password()
    if generated is not None:
        # Before the person: a crash between the two must not leave a password that nobody knows.
        write_secret(config.folder / "admin-password", generated)
    password = generated or config.admin_password
    new = NewPerson(email=config.admin_email, name="Administrator", role="admin", password=password)
    try:
        await add_person(db, SYSTEM, new)
    except BadInput as problem:
        raise ConfigError(f"'admin_{problem.field}': {problem.detail}") from problem
    return generated


async def _check_old_password(db: Database, actor: Actor, old: str | None) -> None:
    """A browser left open must not be enough to lock its owner out."""
    if old is None:
        raise BadInput("'old_password' is needed to change your own password.", field="old_password")
    row = await db.read(lambda tx: store.find_credentials(tx, actor.name))
    if not await asyncio.to_thread(verify_password, row.password_hash if row else None, old):
        raise BadInput("'old_password' is not your current password.", field="old_password")


def get_person(tx: Tx, id: str) -> Person:
    """The person with this id. Raises ``PersonNotFound``."""
    person = store.find_person(tx, id=id)
    if person is None:
        raise PersonNotFound(f"There is no person with the id {id}.", field="id")
    return person


def _plain_values(tx: Tx, person: Person, wanted: PersonChange) -> dict[str, Any]:
    values: dict[str, Any] = {}
    if wanted.name is not None:
        values["name"] = wanted.name.strip() or person.email
    if wanted.role is not None:
        values["role"] = wanted.role
    if wanted.permissions is not None:
        values["permissions"] = list(dict.fromkeys(wanted.permissions))
    if wanted.disabled is not None:
        values["disabled_at"] = format_instant(tx.clock.now()) if wanted.disabled else None
    return values


def _keep_administrator(tx: Tx, person: Person, wanted: PersonChange) -> None:
    loses = wanted.disabled or (wanted.role is not None and wanted.role != "admin")
    others = [p for p in store.list_people(tx) if p.role == "admin" and not p.disabled_at and p.id != person.id]
    if person.role == "admin" and loses and not others:
        raise LastAdministrator(f"{person.email} is the last administrator. Make somebody else one first.")


def check_email(email: str) -> str:
    """The e-mail as it is kept. Raises ``BadInput``."""
    email = email.strip().lower()
    if not 3 <= len(email) <= 200 or "@" not in email[1:-1] or any(c.isspace() for c in email):
        raise BadInput("'email' must look like name@host.", field="email")
    return email
