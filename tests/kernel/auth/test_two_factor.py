"""Two-factor sign-in: set up, asked for, never twice with one code, and a way back when the phone is gone."""

from __future__ import annotations

from collections.abc import AsyncIterator

import msgspec
import pytest

from gonogo.app import ROOMS
from gonogo.kernel.auth.actor import Actor
from gonogo.kernel.auth.client import Client
from gonogo.kernel.auth.errors import (
    CodeNotAccepted,
    SignInThrottled,
    TwoFactorOff,
    TwoFactorOn,
    TwoFactorRequired,
    WrongCode,
)
from gonogo.kernel.auth.schemas import SignIn
from gonogo.kernel.auth.throttle import PER_NAME
from gonogo.kernel.auth.totp import STEP_S, make_code
from gonogo.kernel.config import Config
from gonogo.kernel.db.event_log import find_events
from gonogo.kernel.errors import Forbidden, NotSignedIn
from gonogo.kernel.kernel import Kernel
from tests.fake_clock import FakeClock
from tests.people import PASSWORD, add_actor

WRONG = "000000"


@pytest.fixture
async def ann(kernel: Kernel) -> Actor:
    return await add_actor(kernel, "operator", "ann@example.test")


def read_app(secret: str, clock: FakeClock) -> str:
    """What the authenticator app shows now."""
    return make_code(secret, int(clock.now().timestamp()) // STEP_S)


async def turn_on(kernel: Kernel, clock: FakeClock, actor: Actor) -> tuple[str, list[str]]:
    """The secret and the recovery codes; the clock stands at the next code."""
    secret = (await kernel.two_factor.start(actor)).secret
    codes = await kernel.two_factor.confirm(actor, read_app(secret, clock))
    clock.advance(STEP_S)
    return secret, codes


async def sign_in(kernel: Kernel, code: str = "", client: Client | None = None) -> Actor:
    return await kernel.sessions.check_password(SignIn("ann@example.test", PASSWORD, code), client or Client())


async def test_until_it_is_confirmed_nothing_changes(kernel: Kernel, ann: Actor) -> None:
    await kernel.two_factor.start(ann)
    with pytest.raises(CodeNotAccepted):
        await kernel.two_factor.confirm(ann, WRONG)
    assert (await sign_in(kernel)).id == ann.id
    assert not (await kernel.two_factor.read_state(ann)).on


async def test_a_code_is_asked_for(kernel: Kernel, ann: Actor, clock: FakeClock) -> None:
    secret, _ = await turn_on(kernel, clock, ann)
    with pytest.raises(TwoFactorRequired) as asked:
        await sign_in(kernel)
    assert asked.value.to_dict()["type"] == "/problems/two-factor-required"
    assert asked.value.field == "code"
    assert (await sign_in(kernel, read_app(secret, clock))).id == ann.id


async def test_a_wrong_password_is_not_asked_for_a_code(kernel: Kernel, ann: Actor, clock: FakeClock) -> None:
    secret, _ = await turn_on(kernel, clock, ann)
    with pytest.raises(NotSignedIn, match="E-mail or password is wrong"):
        await kernel.sessions.check_password(SignIn(ann.name, "wrong", read_app(secret, clock)))


async def test_a_code_that_was_seen_does_not_work_again(kernel: Kernel, ann: Actor, clock: FakeClock) -> None:
    secret, _ = await turn_on(kernel, clock, ann)
    code = read_app(secret, clock)
    await sign_in(kernel, code)
    with pytest.raises(WrongCode, match="used before"):
        await sign_in(kernel, code)
    clock.advance(STEP_S)
    assert await sign_in(kernel, read_app(secret, clock))


async def test_the_code_that_confirmed_it_is_used_up(kernel: Kernel, ann: Actor, clock: FakeClock) -> None:
    secret = (await kernel.two_factor.start(ann)).secret
    await kernel.two_factor.confirm(ann, read_app(secret, clock))
    with pytest.raises(WrongCode):
        await sign_in(kernel, read_app(secret, clock))


async def test_each_recovery_code_works_once(kernel: Kernel, ann: Actor, clock: FakeClock) -> None:
    _, codes = await turn_on(kernel, clock, ann)
    assert len(set(codes)) == 10
    assert (await sign_in(kernel, codes[0].upper().replace("-", " "))).id == ann.id
    with pytest.raises(WrongCode):
        await sign_in(kernel, codes[0])
    assert (await kernel.two_factor.read_state(ann)).recovery_codes_left == 9
    used = await kernel.db.read(lambda tx: find_events(tx, names=("person.recovery_code_used",)))
    assert [event.data for event in used] == [{"left": 9}]


async def test_codes_are_one_persons(kernel: Kernel, ann: Actor, clock: FakeClock) -> None:
    bob = await add_actor(kernel, "viewer", "bob@example.test")
    _, theirs = await turn_on(kernel, clock, bob)
    await turn_on(kernel, clock, ann)
    with pytest.raises(WrongCode):
        await sign_in(kernel, theirs[0])


async def test_the_second_step_takes_a_ticket(kernel: Kernel, ann: Actor, clock: FakeClock) -> None:
    secret, _ = await turn_on(kernel, clock, ann)
    with pytest.raises(TwoFactorRequired) as asked:
        await sign_in(kernel)
    ticket = asked.value.extra["ticket"]
    with pytest.raises(NotSignedIn):
        await kernel.authenticator.identify_bearer(ticket)
    with pytest.raises(WrongCode):
        await kernel.sessions.check_code(ticket, WRONG)
    assert (await kernel.sessions.check_code(ticket, read_app(secret, clock))).id == ann.id
    clock.advance(300)
    with pytest.raises(NotSignedIn, match="too long"):
        await kernel.sessions.check_code(ticket, read_app(secret, clock))


async def test_an_access_token_is_no_ticket(kernel: Kernel, ann: Actor, clock: FakeClock) -> None:
    secret, _ = await turn_on(kernel, clock, ann)
    tokens = await kernel.sessions.issue_tokens(ann)
    for ticket in (tokens.access_token, "", "x.y.z"):
        with pytest.raises(NotSignedIn):
            await kernel.sessions.check_code(ticket, read_app(secret, clock))


async def test_guessing_codes_is_throttled_from_all_addresses_together(
    kernel: Kernel, ann: Actor, clock: FakeClock
) -> None:
    secret, _ = await turn_on(kernel, clock, ann)
    known = Client("203.0.113.1", device=kernel.sessions.know_browser(ann))
    for number in range(PER_NAME.tries):
        with pytest.raises(WrongCode):
            await sign_in(kernel, WRONG, Client(f"203.0.113.{number + 10}"))
    with pytest.raises(SignInThrottled):
        await sign_in(kernel, read_app(secret, clock), Client("203.0.113.99"))
    assert (await sign_in(kernel, read_app(secret, clock), known)).id == ann.id
    failed = await kernel.db.read(lambda tx: find_events(tx, names=("sign_in.failed",)))
    assert [event.data["reason"] for event in failed] == ["wrong code"] * PER_NAME.tries


async def test_turning_it_off_takes_a_code(kernel: Kernel, ann: Actor, clock: FakeClock) -> None:
    secret, _ = await turn_on(kernel, clock, ann)
    with pytest.raises(CodeNotAccepted):
        await kernel.two_factor.turn_off(ann, WRONG)
    await kernel.two_factor.turn_off(ann, read_app(secret, clock))
    assert (await sign_in(kernel)).id == ann.id
    with pytest.raises(TwoFactorOff):
        await kernel.two_factor.turn_off(ann, WRONG)


async def test_guessing_in_an_open_browser_is_throttled_too(kernel: Kernel, ann: Actor, clock: FakeClock) -> None:
    secret, _ = await turn_on(kernel, clock, ann)
    for _ in range(PER_NAME.tries):
        with pytest.raises(CodeNotAccepted):
            await kernel.two_factor.turn_off(ann, WRONG)
    with pytest.raises(SignInThrottled):
        await kernel.two_factor.turn_off(ann, read_app(secret, clock))


async def test_new_recovery_codes_end_the_old(kernel: Kernel, ann: Actor, clock: FakeClock) -> None:
    secret, old = await turn_on(kernel, clock, ann)
    new = await kernel.two_factor.renew_codes(ann, read_app(secret, clock))
    with pytest.raises(WrongCode):
        await sign_in(kernel, old[0])
    assert await sign_in(kernel, new[0])


async def test_another_app_takes_turning_it_off_first(kernel: Kernel, ann: Actor, clock: FakeClock) -> None:
    await turn_on(kernel, clock, ann)
    with pytest.raises(TwoFactorOn):
        await kernel.two_factor.start(ann)


async def test_an_administrator_helps_who_lost_everything(kernel: Kernel, ann: Actor, clock: FakeClock) -> None:
    await turn_on(kernel, clock, ann)
    viewer, admin = await add_actor(kernel, "viewer"), await add_actor(kernel, "admin")
    with pytest.raises(Forbidden):
        await kernel.two_factor.remove(viewer, ann.id)
    await kernel.two_factor.remove(admin, ann.id)
    assert (await sign_in(kernel)).id == ann.id
    (event,) = await kernel.db.read(lambda tx: find_events(tx, names=("person.two_factor_disabled",)))
    assert (event.subject, event.data) == (ann.id, {"by": "an administrator"})


async def test_only_a_person_has_a_second_factor(kernel: Kernel) -> None:
    with pytest.raises(Forbidden):
        await kernel.two_factor.start(Actor("k", "key k", "key", "admin"))


async def test_neither_secret_nor_codes_are_stored_as_they_are(kernel: Kernel, ann: Actor, clock: FakeClock) -> None:
    secret, codes = await turn_on(kernel, clock, ann)
    everything = b"".join(path.read_bytes() for path in kernel.config.folder.glob("gonogo.db*"))
    assert b"ann@example.test" in everything
    for text in (secret, codes[0], codes[0].replace("-", "")):
        assert text.encode() not in everything


@pytest.fixture
async def strict(config: Config, clock: FakeClock) -> AsyncIterator[Kernel]:
    """A kernel whose administrators need a second factor."""
    config = msgspec.structs.replace(config, home=f"{config.home}-strict", require_two_factor=True)
    async with Kernel(config, ROOMS, clock) as kernel:
        yield kernel


async def test_administrators_must_enroll_where_it_is_required(strict: Kernel, clock: FakeClock) -> None:
    admin, viewer = await add_actor(strict, "admin"), await add_actor(strict, "viewer")
    for actor, must in ((admin, True), (viewer, False)):
        cookie = await strict.sessions.open_browser(actor)
        token = (await strict.sessions.issue_tokens(actor)).access_token
        assert (await strict.authenticator.identify_cookie(cookie)).must_enroll is must
        assert (await strict.authenticator.identify_bearer(token)).must_enroll is must
    cookie = await strict.sessions.open_browser(admin)
    await turn_on(strict, clock, admin)
    assert not (await strict.authenticator.identify_cookie(cookie)).must_enroll
