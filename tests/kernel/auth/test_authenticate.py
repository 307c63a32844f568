"""From a token to an actor, and how soon one that lost its right is refused."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import jwt
import pytest

from gonogo.kernel.auth import keys, store
from gonogo.kernel.auth.access_tokens import issue_access_token
from gonogo.kernel.auth.actor import SYSTEM, Actor
from gonogo.kernel.auth.authenticate import CACHE_S
from gonogo.kernel.auth.bounds import Bound
from gonogo.kernel.auth.people import change_person
from gonogo.kernel.auth.schemas import NewKey, PersonChange
from gonogo.kernel.auth.secrets import load_secret
from gonogo.kernel.config import ConfigError
from gonogo.kernel.db.database import Tx
from gonogo.kernel.errors import NotSignedIn
from gonogo.kernel.kernel import Kernel
from tests.fake_clock import FakeClock
from tests.people import PASSWORD, add_actor

HOUR = timedelta(hours=1)


@pytest.fixture
async def ann(kernel: Kernel) -> Actor:
    return await add_actor(kernel, "operator", "ann@example.test")


def sign(kernel: Kernel, **claims: Any) -> str:
    now = kernel.clock.now()
    usual = {"iss": "gonogo", "sub": "x", "name": "x", "role": "admin", "exp": now + HOUR}
    return jwt.encode({k: v for k, v in (usual | claims).items() if v is not None}, kernel.signing_key)


async def test_an_access_token_runs_out(kernel: Kernel, ann: Actor, clock: FakeClock) -> None:
    token = (await kernel.sessions.issue_tokens(ann)).access_token
    assert await kernel.authenticator.identify_bearer(token) == ann
    clock.advance(kernel.config.access_minutes * 60)
    with pytest.raises(NotSignedIn, match="run out"):
        await kernel.authenticator.identify_bearer(token)


async def test_forged_and_garbled_access_tokens(kernel: Kernel, ann: Actor) -> None:
    now = kernel.clock.now()
    forged = [
        issue_access_token(ann, 0, "another key, thirty-two bytes long", now, HOUR),
        jwt.encode({"iss": "gonogo", "sub": ann.id, "role": "admin", "exp": now + HOUR}, "", algorithm="none"),
        sign(kernel, sub=ann.id, iss="other"),
        sign(kernel, sub=ann.id, exp=None),
        sign(kernel, sub=ann.id, role=None),
        sign(kernel, sub=None),
        issue_access_token(ann, 0, kernel.signing_key, now, HOUR)[:-2],
        "",
        "a.b.c",
        "\xff\xfe",
    ]
    for token in forged:
        with pytest.raises(NotSignedIn):
            await kernel.authenticator.identify_bearer(token)


async def test_a_token_from_before_generations_is_of_the_first(kernel: Kernel, ann: Actor) -> None:
    token = sign(kernel, sub=ann.id)
    assert await kernel.authenticator.identify_bearer(token) == ann
    await change_person(kernel.db, ann, ann.id, PersonChange(password="another long password", old_password=PASSWORD))
    with pytest.raises(NotSignedIn, match="ended this access token"):
        await kernel.authenticator.identify_bearer(token)


async def test_the_role_is_the_persons_not_the_tokens(kernel: Kernel, ann: Actor) -> None:
    assert (await kernel.authenticator.identify_bearer(sign(kernel, sub=ann.id, role="admin"))).role == "operator"


Login = Callable[[Kernel, Actor], Awaitable[Callable[[], Awaitable[Actor]]]]


async def by_access_token(kernel: Kernel, actor: Actor) -> Callable[[], Awaitable[Actor]]:
    token = (await kernel.sessions.issue_tokens(actor)).access_token
    return lambda: kernel.authenticator.identify_bearer(token)


async def by_cookie(kernel: Kernel, actor: Actor) -> Callable[[], Awaitable[Actor]]:
    token = await kernel.sessions.open_browser(actor)
    return lambda: kernel.authenticator.identify_cookie(token)


@pytest.mark.parametrize("log_in", [by_access_token, by_cookie])
async def test_a_disabled_person_is_out_at_once(kernel: Kernel, ann: Actor, log_in: Login) -> None:
    identify = await log_in(kernel, ann)
    assert await identify() == ann
    await change_person(kernel.db, SYSTEM, ann.id, PersonChange(disabled=True))
    with pytest.raises(NotSignedIn):
        await identify()


@pytest.mark.parametrize("log_in", [by_access_token, by_cookie])
async def test_a_new_role_counts_at_once(kernel: Kernel, ann: Actor, log_in: Login) -> None:
    identify = await log_in(kernel, ann)
    await identify()
    await change_person(kernel.db, SYSTEM, ann.id, PersonChange(role="viewer"))
    assert (await identify()).role == "viewer"


async def test_a_look_up_that_began_before_the_change_is_not_kept(kernel: Kernel, ann: Actor) -> None:
    cookie = await kernel.sessions.open_browser(ann)
    db, read = kernel.db, kernel.db.read

    async def read_then_change(query: Any) -> Any:
        found = await read(query)
        db.read = read  # type: ignore[method-assign]
        await change_person(db, SYSTEM, ann.id, PersonChange(disabled=True))
        return found

    db.read = read_then_change  # type: ignore[method-assign]
    assert await kernel.authenticator.identify_cookie(cookie) == ann
    with pytest.raises(NotSignedIn):
        await kernel.authenticator.identify_cookie(cookie)


async def test_a_change_made_behind_our_back_counts_when_the_memory_ends(
    kernel: Kernel, ann: Actor, clock: FakeClock
) -> None:
    cookie = await kernel.sessions.open_browser(ann)
    await kernel.authenticator.identify_cookie(cookie)

    def disable_silently(tx: Tx) -> None:
        store.update_person(tx, ann.id, {"disabled_at": "2026-03-02T12:00:00.000Z"})

    await kernel.db.write(disable_silently)
    clock.advance(CACHE_S)
    with pytest.raises(NotSignedIn):
        await kernel.authenticator.identify_cookie(cookie)


async def test_a_cookie_runs_out(kernel: Kernel, ann: Actor, clock: FakeClock) -> None:
    cookie = await kernel.sessions.open_browser(ann)
    clock.advance(kernel.config.session_days * 86400 - 1)
    assert await kernel.authenticator.identify_cookie(cookie) == ann
    clock.advance(1)
    with pytest.raises(NotSignedIn):
        await kernel.authenticator.identify_cookie(cookie)


async def test_a_key_has_its_scopes_until_it_is_revoked(kernel: Kernel) -> None:
    new = NewKey("deploys", ("releases:run", "observe:write"), Bound(host="web-1"))
    key, token = await keys.create_key(kernel.db, SYSTEM, new)
    actor = await kernel.authenticator.identify_bearer(token)
    assert (actor.id, actor.name, actor.kind, actor.owner) == (key.id, "key deploys", "key", "Gonogo")
    assert (actor.scopes, actor.bound) == (("observe:write", "releases:run"), Bound(host="web-1"))
    assert (actor.role, actor.permissions) == ("operator", ())
    await keys.revoke_key(kernel.db, SYSTEM, key.id)
    with pytest.raises(NotSignedIn):
        await kernel.authenticator.identify_bearer(token)


async def test_a_key_runs_out_to_the_second(kernel: Kernel, clock: FakeClock) -> None:
    _, token = await keys.create_key(kernel.db, SYSTEM, NewKey("deploys", ("metrics:read",), expires_days=1))
    clock.advance(86400 - 1)
    assert (await kernel.authenticator.identify_bearer(token)).kind == "key"
    clock.advance(1)
    with pytest.raises(NotSignedIn):
        await kernel.authenticator.identify_bearer(token)


async def test_the_local_key_is_this_machines_administrator(kernel: Kernel) -> None:
    path = kernel.config.folder / "local.key"
    assert path.stat().st_mode & 0o777 == 0o600
    actor = await kernel.authenticator.identify_bearer(load_secret(path))
    assert (actor.kind, actor.role) == ("local", "admin")


@pytest.mark.parametrize("content", ["", "\n", "short"])
def test_a_secret_file_that_was_cut_short_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "local.key"
    path.write_text(content)
    with pytest.raises(ConfigError, match="no whole secret"):
        load_secret(path)
