"""People and keys: who may change them, and the rules that hold."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import msgspec
import pytest

from gonogo.kernel.auth import keys, people, store
from gonogo.kernel.auth.actor import SYSTEM, Role
from gonogo.kernel.auth.bounds import Bound
from gonogo.kernel.auth.errors import KeyNotFound, LastAdministrator, PersonExists, PersonNotFound, WeakPassword
from gonogo.kernel.auth.schemas import NewKey, NewPerson, PersonChange, SignIn
from gonogo.kernel.config import Config, ConfigError
from gonogo.kernel.db.event_log import find_events
from gonogo.kernel.errors import BadInput, Forbidden, Problem
from gonogo.kernel.kernel import Kernel
from tests.fake_clock import FakeClock
from tests.people import PASSWORD, add_actor


async def find_first_administrator(kernel: Kernel) -> str:
    return (await kernel.db.read(store.list_people))[0].id


async def test_the_first_start_makes_an_administrator(kernel: Kernel) -> None:
    actor = await kernel.sessions.check_password(SignIn("admin@localhost", PASSWORD))
    assert actor.role == "admin"
    assert kernel.generated_password is None


@pytest.mark.parametrize("old", [None, "", "not my password"])
async def test_an_open_browser_is_not_enough_to_change_its_owners_password(kernel: Kernel, old: str | None) -> None:
    actor = await add_actor(kernel, "viewer")
    wanted = PersonChange(password="another long password", old_password=old)
    with pytest.raises(BadInput) as refused:
        await people.change_person(kernel.db, actor, actor.id, wanted)
    assert refused.value.field == "old_password"
    assert await kernel.sessions.check_password(SignIn(actor.name, PASSWORD)) == actor


async def test_the_audit_says_from_what_to_what_a_person_was_changed(kernel: Kernel) -> None:
    actor = await add_actor(kernel, "viewer")
    await people.change_person(kernel.db, SYSTEM, actor.id, PersonChange(role="approver"))
    event = (await kernel.db.read(lambda tx: find_events(tx, after=0, limit=100)))[-1]
    assert (event.name, event.data["from"], event.data["to"]) == (
        "person.changed",
        {"role": "viewer"},
        {"role": "approver"},
    )


async def test_without_a_password_one_is_made_once_and_kept_in_a_file(config: Config, clock: FakeClock) -> None:
    config = msgspec.structs.replace(config, admin_password="")
    async with Kernel(config, clock=clock) as first:
        password = first.generated_password
        assert password is not None
        await first.sessions.check_password(SignIn("admin@localhost", password))
    path = config.folder / "admin-password"
    assert path.read_text().strip() == password
    assert path.stat().st_mode & 0o777 == 0o600
    async with Kernel(config, clock=clock) as second:
        assert second.generated_password is None


@pytest.mark.parametrize(("field", "value"), [("admin_password", "short"), ("admin_email", "nobody")])
async def test_a_configured_administrator_that_breaks_a_rule(
    config: Config, clock: FakeClock, field: str, value: str
) -> None:
    config = msgspec.structs.replace(config, **{field: value})
    with pytest.raises(ConfigError, match=f"'{field}'"):
        async with Kernel(config, clock=clock):
            pass


@pytest.mark.parametrize("role", ["viewer", "operator", "approver"])
async def test_only_administrators_change_people_and_keys(kernel: Kernel, role: Role) -> None:
    actor = await add_actor(kernel, role)
    other = await find_first_administrator(kernel)
    refused = (
        people.add_person(kernel.db, actor, NewPerson("new@example.test")),
        people.change_person(kernel.db, actor, other, PersonChange(name="x")),
        people.change_person(kernel.db, actor, actor.id, PersonChange(role="admin")),
        people.change_person(kernel.db, actor, actor.id, PersonChange(disabled=False)),
        keys.create_key(kernel.db, actor, NewKey("mine", ("metrics:read",))),
        keys.revoke_key(kernel.db, actor, "any"),
    )
    for change in refused:
        with pytest.raises(Forbidden):
            await change


async def test_everybody_changes_their_own_name(kernel: Kernel) -> None:
    actor = await add_actor(kernel, "viewer")
    assert (await people.change_person(kernel.db, actor, actor.id, PersonChange(name=" Vi "))).name == "Vi"


@dataclass(frozen=True)
class Refused:
    new: NewPerson
    problem: type[Problem]
    field: str


@pytest.mark.parametrize(
    "case",
    [
        Refused(NewPerson("nobody"), BadInput, "email"),
        Refused(NewPerson("@x"), BadInput, "email"),
        Refused(NewPerson("two words@host"), BadInput, "email"),
        Refused(NewPerson("a@" + "h" * 200), BadInput, "email"),
        Refused(NewPerson("Admin@Localhost"), PersonExists, "email"),
        Refused(NewPerson("new@host", password="elevenchars"), WeakPassword, "password"),
        Refused(NewPerson("new@host", password="abababababababab"), WeakPassword, "password"),
    ],
)
async def test_people_that_can_not_be_added(kernel: Kernel, case: Refused) -> None:
    with pytest.raises(case.problem) as refused:
        await people.add_person(kernel.db, SYSTEM, case.new)
    assert refused.value.field == case.field


@pytest.mark.parametrize("wanted", [PersonChange(role="approver"), PersonChange(disabled=True)])
async def test_the_last_administrator_stays(kernel: Kernel, wanted: PersonChange) -> None:
    last = await find_first_administrator(kernel)
    with pytest.raises(LastAdministrator):
        await people.change_person(kernel.db, SYSTEM, last, wanted)
    second = await add_actor(kernel, "admin")
    await people.change_person(kernel.db, SYSTEM, last, wanted)
    with pytest.raises(LastAdministrator):
        await people.change_person(kernel.db, SYSTEM, second.id, wanted)


@pytest.mark.parametrize(
    "act",
    [
        lambda kernel: people.change_person(kernel.db, SYSTEM, "nobody", PersonChange(name="x")),
        lambda kernel: keys.revoke_key(kernel.db, SYSTEM, "no key"),
    ],
)
async def test_who_is_not_there(kernel: Kernel, act: Callable[[Kernel], object]) -> None:
    with pytest.raises((PersonNotFound, KeyNotFound)) as refused:
        await act(kernel)  # type: ignore[misc]
    assert refused.value.status == 404


READS = ("metrics:read",)


@pytest.mark.parametrize(
    ("new", "field"),
    [
        (NewKey(" ", READS), "name"),
        (NewKey("k"), "scopes"),
        (NewKey("k", ("metrics:write",)), "scopes"),
        (NewKey("k", READS, expires_days=0), "expires_days"),
        (NewKey("k", READS, expires_days=10**9), "expires_days"),
        (NewKey("k", ("observe:write",)), "bound.host"),
        (NewKey("k", ("signals:write",)), "bound.prefix"),
        (NewKey("k", READS, Bound(host="web-1")), "bound.host"),
        (NewKey("k", READS, Bound(types=("report",))), "bound.types"),
    ],
)
async def test_keys_that_can_not_be_made(kernel: Kernel, new: NewKey, field: str) -> None:
    with pytest.raises(BadInput) as refused:
        await keys.create_key(kernel.db, SYSTEM, new)
    assert refused.value.field == field


async def test_neither_password_nor_key_is_stored_as_it_is(kernel: Kernel) -> None:
    _, password = await people.add_person(kernel.db, SYSTEM, NewPerson("new@example.test"))
    _, token = await keys.create_key(kernel.db, SYSTEM, NewKey("deploys", ("metrics:read",)))
    everything = b"".join(path.read_bytes() for path in kernel.config.folder.glob("gonogo.db*"))
    assert b"new@example.test" in everything
    assert password.encode() not in everything
    assert token.encode() not in everything
