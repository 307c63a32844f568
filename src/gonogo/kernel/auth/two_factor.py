"""Two-factor sign-in: an authenticator app beside the password, and recovery codes for the day the phone is gone."""

from __future__ import annotations

from functools import partial
from typing import Protocol, TypeVar

from gonogo.kernel.auth import two_factor_store as store
from gonogo.kernel.auth.actor import Actor
from gonogo.kernel.auth.authorise import authorise
from gonogo.kernel.auth.errors import CodeNotAccepted, PersonNotFound, SignInThrottled, TwoFactorOff, TwoFactorOn
from gonogo.kernel.auth.schemas import Enrollment, TwoFactorState
from gonogo.kernel.auth.throttle import PER_NAME, Throttle
from gonogo.kernel.auth.totp import find_step, generate_secret, make_uri
from gonogo.kernel.clock import Clock, format_instant
from gonogo.kernel.db.database import Database, Tx
from gonogo.kernel.errors import Forbidden

T = TypeVar("T")
WRONG = "The code is wrong, too old, or was used before. Wait for the next one, or use a recovery code."


class Sealer(Protocol):
    """What encrypts the secrets at rest."""

    def seal(self, name: str, text: str) -> str: ...

    def unseal(self, name: str, sealed: str) -> str: ...


class TwoFactor:
    """Second factors of people. Secrets are encrypted at rest, recovery codes hashed; each code works once."""

    def __init__(self, db: Database, clock: Clock, vault: Sealer, environment: str, *, required: bool) -> None:
        self._db = db
        self._clock = clock
        self._vault = vault
        self._issuer = f"Gonogo {environment}"
        self._required = required
        self._throttle = Throttle(clock, PER_NAME)

    async def read_state(self, actor: Actor) -> TwoFactorState:
        """Whether it is on, and what is left."""

        def read(tx: Tx) -> TwoFactorState:
            row = store.find_factor(tx, actor.id)
            since = row.totp_confirmed_at if row else None
            needed = self._required and actor.role == "admin"
            return TwoFactorState(since is not None, since, store.count_codes(tx, actor.id), needed)

        return await self._db.read(read)

    async def start(self, actor: Actor) -> Enrollment:
        """A new secret, which counts once a code of it is confirmed. Raises ``TwoFactorOn``."""
        _require_person(actor)
        secret = generate_secret()
        sealed = self._vault.seal(actor.id, secret)

        def change(tx: Tx) -> None:
            row = store.find_factor(tx, actor.id)
            if row is not None and row.totp_confirmed_at:
                raise TwoFactorOn("Two-factor sign-in is on already. Turn it off first to set up another app.")
            store.set_factor(tx, actor.id, totp_secret=sealed, totp_step=0)
            tx.emit("person.two_factor_started", actor.id, {}, actor)

        await self._db.write(change)
        return Enrollment(secret, make_uri(secret, actor.name, self._issuer))

    async def confirm(self, actor: Actor, code: str) -> list[str]:
        """Turn it on with a code from the app; gives the recovery codes, this once."""
        _require_person(actor)
        self._check_pace(actor)

        def change(tx: Tx) -> list[str] | None:
            row = store.find_factor(tx, actor.id)
            if row is None or not row.totp_secret:
                raise TwoFactorOff("There is nothing to confirm. Start the set-up first.")
            if row.totp_confirmed_at:
                raise TwoFactorOn("Two-factor sign-in is on already.")
            step = find_step(self._vault.unseal(actor.id, row.totp_secret), code, self._clock.now(), 0)
            if step is None:
                return None
            store.set_factor(tx, actor.id, totp_confirmed_at=format_instant(self._clock.now()), totp_step=step)
            tx.emit("person.two_factor_enabled", actor.id, {}, actor)
            return store.make_codes(tx, actor.id)

        return self._require_right(actor, await self._db.write(change))

    async def turn_off(self, actor: Actor, code: str) -> None:
        """Turn it off, which takes a code: an open browser is not enough."""
        self._check_pace(actor)

        def change(tx: Tx) -> bool | None:
            _require_on(tx, actor.id)
            if not self.use(tx, actor, code):
                return None
            store.remove_factor(tx, actor.id)
            tx.emit("person.two_factor_disabled", actor.id, {"by": "themselves"}, actor)
            return True

        self._require_right(actor, await self._db.write(change))

    async def renew_codes(self, actor: Actor, code: str) -> list[str]:
        """New recovery codes; the old ones end. It takes a code."""
        self._check_pace(actor)

        def change(tx: Tx) -> list[str] | None:
            _require_on(tx, actor.id)
            if not self.use(tx, actor, code):
                return None
            tx.emit("person.recovery_codes_renewed", actor.id, {}, actor)
            return store.make_codes(tx, actor.id)

        return self._require_right(actor, await self._db.write(change))

    async def remove(self, actor: Actor, user_id: str) -> None:
        """Turn it off for somebody whose phone and codes are gone; for administrators."""
        authorise(actor, "admin")
        await self._db.write(partial(_remove, actor=actor, user_id=user_id))

    def use(self, tx: Tx, actor: Actor, code: str) -> bool:
        """Whether the code is right; it is used up. A code of the app, or a recovery code."""
        row = store.find_factor(tx, actor.id)
        if row is None or not row.totp_secret or not row.totp_confirmed_at:
            return False
        step = find_step(self._vault.unseal(actor.id, row.totp_secret), code, self._clock.now(), row.totp_step)
        if step is not None:
            store.set_factor(tx, actor.id, totp_step=step)
            return True
        if not store.use_code(tx, actor.id, code):
            return False
        left = store.count_codes(tx, actor.id)
        tx.emit("person.recovery_code_used", actor.id, {"left": left}, actor)
        return True

    def _check_pace(self, actor: Actor) -> None:
        wait = self._throttle.find_wait(actor.id)
        if wait:
            raise SignInThrottled(f"Too many wrong codes. Try again in {wait} s.", headers={"Retry-After": str(wait)})

    def _require_right(self, actor: Actor, outcome: T | None) -> T:
        if outcome is None:
            self._throttle.count_failure(actor.id)
            raise CodeNotAccepted(WRONG, field="code")
        self._throttle.forget(actor.id)
        return outcome


def _require_person(actor: Actor) -> None:
    if actor.kind != "user":
        raise Forbidden("Two-factor sign-in belongs to a person's account. Sign in as that person.")


def _require_on(tx: Tx, user_id: str) -> None:
    row = store.find_factor(tx, user_id)
    if row is None or not row.totp_confirmed_at:
        raise TwoFactorOff("Two-factor sign-in is not on.")


def _remove(tx: Tx, actor: Actor, user_id: str) -> None:
    if store.find_factor(tx, user_id) is None:
        raise PersonNotFound(f"There is no person with the id {user_id}.", field="id")
    _require_on(tx, user_id)
    store.remove_factor(tx, user_id)
    tx.emit("person.two_factor_disabled", user_id, {"by": "an administrator"}, actor)
