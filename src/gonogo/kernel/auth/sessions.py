"""Signing in and out: access tokens with rotating refresh tokens for programs, cookie sessions for browsers."""

from __future__ import annotations

from datetime import timedelta

from gonogo.kernel.auth import store
from gonogo.kernel.auth.access_tokens import issue_access_token
from gonogo.kernel.auth.actor import Actor
from gonogo.kernel.auth.errors import WrongCredentials
from gonogo.kernel.auth.passwords import verify_password
from gonogo.kernel.auth.schemas import SignIn, Tokens
from gonogo.kernel.auth.secrets import generate_token, hash_token
from gonogo.kernel.auth.throttle import Throttle
from gonogo.kernel.clock import Clock, format_instant
from gonogo.kernel.config import Config
from gonogo.kernel.db.database import Database, Tx
from gonogo.kernel.errors import NotSignedIn
from gonogo.kernel.ids import new_id

REFRESH_LIFE = timedelta(days=14)


class Sessions:
    """Opens and ends sessions. Wrong passwords are throttled per e-mail and told apart by nobody."""

    def __init__(self, db: Database, config: Config, clock: Clock, key: str) -> None:
        self._db = db
        self._config = config
        self._clock = clock
        self._key = key
        self._throttle = Throttle(clock)

    async def check_password(self, credentials: SignIn) -> Actor:
        """The person behind these credentials. Raises ``WrongCredentials`` or ``SignInThrottled``."""
        name = credentials.email.strip().lower()
        self._throttle.check(name)

        def verify(tx: Tx) -> Actor | None:
            row = store.find_credentials(tx, name)
            right = verify_password(row.password_hash if row else None, credentials.password)
            if row is None or not right or row.disabled_at is not None:
                return None
            person = store.find_person(tx, id=row.id)
            return Actor(person.id, person.email, "user", person.role) if person else None

        actor = await self._db.read(verify)
        if actor is None:
            self._throttle.count_failure(name)
            raise WrongCredentials("E-mail or password is wrong. Check both and try again.")
        self._throttle.forget(name)
        return actor

    async def open_browser(self, actor: Actor) -> str:
        """A new cookie token for ``actor``."""
        return await self._open(actor, "browser", timedelta(days=self._config.session_days))

    async def issue_tokens(self, actor: Actor) -> Tokens:
        """An access token and its refresh token."""
        refresh = await self._open(actor, "refresh", REFRESH_LIFE)
        life = timedelta(minutes=self._config.access_minutes)
        access = issue_access_token(actor, self._key, self._clock.now(), life)
        return Tokens(access, refresh, int(life.total_seconds()))

    async def rotate(self, refresh_token: str) -> Tokens:
        """New tokens for a refresh token, which is then used up.

        One that was used before has leaked: all sessions of its owner end.
        """

        def use_up(tx: Tx) -> Actor | None:
            session = store.find_session(tx, refresh_token, "refresh")
            if session is None:
                return None
            if session.ended_at is not None:
                store.end_sessions(tx, user_id=session.user_id)
                return None
            store.end_sessions(tx, id=session.id)
            person = store.find_person(tx, id=session.user_id)
            live = person is not None and person.disabled_at is None
            return Actor(person.id, person.email, "user", person.role) if person and live else None

        actor = await self._db.write(use_up)
        if actor is None:
            raise NotSignedIn("The refresh token has run out or was used before. Sign in again.")
        return await self.issue_tokens(actor)

    async def close_browser(self, token: str) -> None:
        """End the session behind a cookie."""

        def end(tx: Tx) -> None:
            session = store.find_session(tx, token, "browser")
            if session is not None:
                store.end_sessions(tx, id=session.id)

        await self._db.write(end)

    async def _open(self, actor: Actor, kind: str, life: timedelta) -> str:
        token = generate_token("gns" if kind == "browser" else "gnr")
        now = self._clock.now()
        values = {
            "id": new_id(),
            "user_id": actor.id,
            "kind": kind,
            "token_hash": hash_token(token),
            "created_at": format_instant(now),
            "expires_at": format_instant(now + life),
        }

        def insert(tx: Tx) -> None:
            store.insert_session(tx, values)
            tx.emit("person.signed_in", actor.id, {"by": kind}, actor)

        await self._db.write(insert)
        return token
