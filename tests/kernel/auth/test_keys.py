"""Whose a key is, how long it lives, and when it was used last."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from gonogo.kernel.auth import key_store, keys, people
from gonogo.kernel.auth.actor import SYSTEM, Actor
from gonogo.kernel.auth.bounds import Bound
from gonogo.kernel.auth.errors import (
    KeysHaveScopes,
    ServiceAccountDisabled,
    ServiceAccountExists,
    ServiceAccountNotFound,
)
from gonogo.kernel.auth.schemas import Key, NewKey, NewServiceAccount, PersonChange
from gonogo.kernel.auth.service_accounts import change_service_account, create_service_account
from gonogo.kernel.clock import format_instant
from gonogo.kernel.errors import NotSignedIn
from gonogo.kernel.kernel import Kernel
from tests.fake_clock import FakeClock
from tests.people import Server, add_actor

READS = ("metrics:read",)


async def find_key(kernel: Kernel, id: str) -> Key:
    return next(key for key in await kernel.db.read(key_store.list_keys) if key.id == id)


@pytest.mark.parametrize(("asked", "days"), [({}, 90), ({"expires_days": 7}, 7), ({"expires_days": "never"}, None)])
async def test_a_key_expires_unless_that_is_refused(
    kernel: Kernel, clock: FakeClock, asked: dict[str, Any], days: int | None
) -> None:
    key, _ = await keys.create_key(kernel.db, SYSTEM, NewKey("ci", READS, **asked))
    assert key.expires_at == (None if days is None else format_instant(clock.now() + timedelta(days=days)))


async def test_a_role_is_refused_with_what_to_say_instead(server: Server) -> None:
    answer = await server.admin.post("/api/keys", json={"name": "ci", "role": "operator"})
    assert (answer.status_code, answer.json()["type"]) == (400, "/problems/keys-have-scopes")
    assert "observe:write" in answer.json()["detail"]
    with pytest.raises(KeysHaveScopes):
        await keys.create_key(server.kernel.db, SYSTEM, NewKey("ci", READS, role="viewer"))


async def test_a_persons_key_ends_with_them_and_shrinks_with_their_role(kernel: Kernel) -> None:
    boss = await add_actor(kernel, "admin", "boss@example.test")
    key, token = await keys.create_key(kernel.db, boss, NewKey("mine", ("admin", "settings:read")))
    assert (key.owner, key.owner_kind) == ("boss@example.test", "person")
    actor = await kernel.authenticator.identify_bearer(token)
    assert (actor.account, actor.scopes, actor.role) == (boss.id, ("settings:read", "admin"), "admin")
    await people.change_person(kernel.db, SYSTEM, boss.id, PersonChange(role="operator"))
    assert (await kernel.authenticator.identify_bearer(token)).scopes == ("settings:read",)
    await people.change_person(kernel.db, SYSTEM, boss.id, PersonChange(disabled=True))
    with pytest.raises(NotSignedIn):
        await kernel.authenticator.identify_bearer(token)
    assert not (await find_key(kernel, key.id)).live


async def test_a_service_account_owns_keys_and_ends_them(kernel: Kernel) -> None:
    boss = await add_actor(kernel, "admin", "boss@example.test")
    account = await create_service_account(kernel.db, boss, NewServiceAccount("web-1", "host agent"))
    new = NewKey("agent", ("observe:write",), Bound(host="web-1"), service_account="web-1")
    key, token = await keys.create_key(kernel.db, boss, new)
    assert (key.owner, key.owner_kind, key.created_by) == ("web-1", "service account", "boss@example.test")
    assert (await kernel.authenticator.identify_bearer(token)).account == account.id
    await change_service_account(kernel.db, boss, "web-1", disabled=True)
    with pytest.raises(NotSignedIn):
        await kernel.authenticator.identify_bearer(token)
    with pytest.raises(ServiceAccountDisabled):
        await keys.create_key(kernel.db, boss, new)
    await change_service_account(kernel.db, boss, account.id, disabled=False)
    assert (await kernel.authenticator.identify_bearer(token)).scopes == ("observe:write",)


async def test_what_the_command_line_makes_belongs_to_an_account_of_its_name(kernel: Kernel) -> None:
    local = Actor("local", "root@till", "local", "admin", account="root")
    first, _ = await keys.create_key(kernel.db, local, NewKey("ci", READS))
    second, token = await keys.create_key(kernel.db, local, NewKey("ci", ("admin",)))
    assert (first.owner, second.owner, second.owner_kind) == ("ci", "ci", "service account")
    third, _ = await keys.create_key(
        kernel.db, await kernel.authenticator.identify_bearer(token), NewKey("child", READS)
    )
    assert third.owner == "ci"
    assert [account.name for account in await kernel.db.read(key_store.list_service_accounts)] == ["ci"]


async def test_service_accounts_that_can_not_be(kernel: Kernel) -> None:
    await create_service_account(kernel.db, SYSTEM, NewServiceAccount("web-1"))
    with pytest.raises(ServiceAccountExists):
        await create_service_account(kernel.db, SYSTEM, NewServiceAccount(" web-1 "))
    with pytest.raises(ServiceAccountNotFound):
        await keys.create_key(kernel.db, SYSTEM, NewKey("x", READS, service_account="web-2"))


async def test_the_last_use_is_written_beside_requests_and_once_a_minute(kernel: Kernel, clock: FakeClock) -> None:
    key, token = await keys.create_key(kernel.db, SYSTEM, NewKey("ci", READS))
    assert (await find_key(kernel, key.id)).last_used_at is None
    first = clock.now()
    for at, expected in ((0, first), (59, first), (1, first + timedelta(seconds=60))):
        clock.advance(at)
        await kernel.authenticator.identify_bearer(token)
        await kernel.db.write(lambda _tx: None)
        await kernel.db.write(lambda _tx: None)
        assert (await find_key(kernel, key.id)).last_used_at == format_instant(expected)
