"""Signing in and out: access tokens with rotating refresh tokens for programs, cookie sessions for browsers."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import msgspec

from gonogo.kernel.auth import store
from gonogo.kernel.auth.access_tokens import issue_access_token, issue_ticket, read_ticket
from gonogo.kernel.auth.actor import Actor
from gonogo.kernel.auth.client import UNKNOWN, Client
from gonogo.kernel.auth.devices import issue_device
from gonogo.kernel.auth.errors import TwoFactorRequired, WrongCode, WrongCredentials
from gonogo.kernel.auth.passwords import verify_password
from gonogo.kernel.auth.schemas import SignIn, Tokens
from gonogo.kernel.auth.secrets import generate_token, hash_token
from gonogo.kernel.auth.sign_in_guard import SignInGuard
from gonogo.kernel.auth.two_factor import WRONG, TwoFactor
from gonogo.kernel.clock import Clock, format_instant
from gonogo.kernel.config import Config
from gonogo.kernel.db.database import Database, Tx
from gonogo.kernel.errors import NotSignedIn
from gonogo.kernel.ids import new_id

REFRESH_LIFE = timedelta(days=14)


class Sessions:
    """Opens and ends sessions. Wrong passwords are throttled, and an unknown e-mail looks like a wrong password."""

    def __init__(self, db: Database, config: Config, clock: Clock, key: str, two_factor: TwoFactor) -> None:
        self._db = db
        self._config = config
        self._clock = clock
        self._key = key
        self._two_factor = two_factor
        self._guard = SignInGuard(db, clock, key)

    async def check_password(self, credentials: SignIn, client: Client = UNKNOWN) -> Actor:
        """The person behind these credentials.

        Raises ``WrongCredentials``, ``WrongCode``, ``SignInThrottled``, or ``TwoFactorRequired`` with a ``ticket`` for
        ``check_code`` when the password is right and a code is missing.
        """
        email = credentials.email.strip().lower()
        async with self._guard.turn(client, email):
            row = await self._db.read(lambda tx: store.find_credentials(tx, email))
            stored = row.password_hash if row else None
            right = await asyncio.to_thread(verify_password, stored, credentials.password)
            if row is None or not right or row.disabled_at is not None:
                reason = "no such person" if row is None else "disabled" if right else "wrong password"
                await self._guard.count_failure(client, email, reason, row.id if row else None)
                raise WrongCredentials("E-mail or password is wrong. Check both and try again.")
            actor = Actor(row.id, row.email, "user", row.role, account=row.id, address=client.address)
            if row.totp_confirmed_at is not None:
                await self._require_code(actor, credentials.code, client)
            self._guard.forgive(client, email)
        return actor

    async def check_code(self, ticket: str, code: str, client: Client = UNKNOWN) -> Actor:
        """The person whose password was right a moment ago and whose code this is. Raises as ``check_password``."""
        user_id = read_ticket(ticket, self._key, self._clock.now())
        found = await self._db.read(lambda tx: store.find_person_actor(tx, user_id))
        if found is None:
            raise NotSignedIn("Sign in with your password again.")
        actor = msgspec.structs.replace(found.actor, address=client.address)
        async with self._guard.turn(client, actor.name):
            await self._require_code(actor, code, client)
            self._guard.forgive(client, actor.name)
        return actor

    async def _require_code(self, actor: Actor, code: str, client: Client) -> None:
        if not code.strip():
            raise TwoFactorRequired(
                "The password is right. Send the code of your authenticator app, or a recovery code, as 'code' too.",
                field="code",
                ticket=issue_ticket(actor.id, self._key, self._clock.now()),
            )
        self._guard.refuse_paused_codes(client, actor)
        if not await self._db.write(lambda tx: self._two_factor.use(tx, actor, code)):
            self._guard.count_wrong_code(client, actor)
            await self._guard.count_failure(client, actor.name, "wrong code", actor.id)
            raise WrongCode(WRONG, field="code")
        self._guard.forgive_codes(actor)

    def know_browser(self, actor: Actor) -> str:
        """A token for the browser in which this person has just signed in; see ``devices``."""
        return issue_device(actor.name, self._key, self._clock.now())

    async def open_browser(self, actor: Actor, client: Client = UNKNOWN) -> str:
        """A new cookie token for ``actor``."""
        token = generate_token("gns")
        await self._open(actor, "browser", token, timedelta(days=self._config.session_days), client)
        return token

    async def issue_tokens(self, actor: Actor, client: Client = UNKNOWN) -> Tokens:
        """An access token and its refresh token."""
        token = generate_token("gnr")
        found = await self._open(actor, "refresh", token, REFRESH_LIFE, client)
        return self._make_tokens(found, token)

    async def rotate(self, refresh_token: str) -> Tokens:
        """New tokens for a refresh token, which is then used up.

        One that was used before has leaked: all sessions of its owner end.
        """
        following = generate_token("gnr")

        def use_up(tx: Tx) -> store.Credential | None:
            session = store.find_session(tx, refresh_token, "refresh")
            found = store.find_person_actor(tx, session.user_id) if session else None
            if session is None or found is None:
                return None
            actor = found.actor
            if session.ended_at is not None:
                store.end_sessions(tx, user_id=actor.id)
                tx.emit("person.sessions_ended", actor.id, {"reason": "a refresh token was used twice"}, actor)
                return None
            store.end_sessions(tx, id=session.id)
            values = _make_session(tx, actor, "refresh", following, REFRESH_LIFE)
            login_id = session.login_id or session.id
            values |= {"login_id": login_id, "opened_at": session.opened_at or session.created_at}
            store.insert_session(tx, values | {"device": session.device, "address": session.address})
            tx.emit("person.tokens_refreshed", actor.id, {}, actor)
            return msgspec.structs.replace(found, login_id=login_id)

        owner = await self._db.write(use_up)
        if owner is None:
            raise NotSignedIn("The refresh token has run out or was used before. Sign in again.")
        return self._make_tokens(owner, following)

    async def close_browser(self, token: str) -> None:
        """End the session behind a cookie."""
        await self._close("browser", token)

    async def close_refresh(self, token: str) -> None:
        """Make a refresh token useless: whoever finds it later gets nothing for it."""
        await self._close("refresh", token)

    async def _close(self, kind: str, token: str) -> None:
        def end(tx: Tx) -> None:
            session = store.find_session(tx, token, kind)
            found = store.find_person_actor(tx, session.user_id) if session else None
            if session is None or found is None or session.ended_at is not None:
                return
            store.end_sessions(tx, id=session.id)
            tx.emit("person.signed_out", session.user_id, {"by": kind}, found.actor)

        await self._db.write(end)

    async def _open(self, actor: Actor, kind: str, token: str, life: timedelta, client: Client) -> store.Credential:
        def insert(tx: Tx) -> store.Credential:
            found = store.find_person_actor(tx, actor.id)
            if found is None:
                raise WrongCredentials("This person was disabled a moment ago. An administrator can change that.")
            values = _make_session(tx, actor, kind, token, life)
            store.insert_session(tx, values | {"device": client.program, "address": client.address})
            tx.emit("person.signed_in", actor.id, {"by": kind}, actor)
            return msgspec.structs.replace(found, login_id=values["id"])

        return await self._db.write(insert)

    def _make_tokens(self, owner: store.Credential, refresh: str) -> Tokens:
        life = timedelta(minutes=self._config.access_minutes)
        access = issue_access_token(owner.actor, owner.generation, self._key, self._clock.now(), life, owner.login_id)
        return Tokens(access, refresh, int(life.total_seconds()))


def _make_session(tx: Tx, actor: Actor, kind: str, token: str, life: timedelta) -> dict[str, str]:
    now, made = tx.clock.now(), new_id()
    return {
        "id": made,
        "login_id": made,
        "opened_at": format_instant(now),
        "last_seen_at": format_instant(now),
        "user_id": actor.id,
        "kind": kind,
        "token_hash": hash_token(token),
        "created_at": format_instant(now),
        "expires_at": format_instant(now + life),
    }
