"""From a token to an actor: access token, API key, the local key, or a browser's session cookie."""

from __future__ import annotations

import getpass
import hmac
import socket
from collections.abc import Callable

import msgspec

from gonogo.kernel.auth import key_store, keys, session_store, store
from gonogo.kernel.auth.access_tokens import read_access_token
from gonogo.kernel.auth.actor import Actor
from gonogo.kernel.auth.key_uses import KeyUses
from gonogo.kernel.auth.secrets import hash_token
from gonogo.kernel.auth.session_uses import SessionUses
from gonogo.kernel.auth.store import Credential
from gonogo.kernel.clock import Clock, format_instant
from gonogo.kernel.db.database import Database, Tx
from gonogo.kernel.errors import NotSignedIn
from gonogo.kernel.events.bus import Bus

CACHE_S = 30.0
CACHE_SIZE = 10_000
_NOTHING: tuple[float, Credential | None] = (0.0, None)


class Authenticator:
    """Looks actors up and remembers them for up to half a minute, or until people, sessions or keys change."""

    def __init__(
        self,
        db: Database,
        bus: Bus,
        clock: Clock,
        signing_key: str,
        local_key: str,
        key_uses: KeyUses,
        session_uses: SessionUses,
        *,
        two_factor_needed: bool = False,
    ) -> None:
        self._db = db
        self._clock = clock
        self._signing_key = signing_key
        self._local_key = local_key.encode()
        self._key_uses = key_uses
        self._session_uses = session_uses
        self._two_factor_needed = two_factor_needed
        user = getpass.getuser()
        self._local = Actor("local", f"{user}@{socket.gethostname()}", "local", "admin", account=user)
        self._known: dict[str, tuple[float, Credential]] = {}
        self.changes = 0
        for topic in ("person", "key", "service_account"):
            bus.listen(topic, lambda _event: self.forget_all())

    async def identify_bearer(self, token: str) -> Actor:
        """Who sent ``Authorization: Bearer token``. Raises ``NotSignedIn``."""
        if hmac.compare_digest(token.encode(), self._local_key):
            return self._local
        if token.startswith(f"{keys.PREFIX}_"):
            actor = (await self._look_up(token, key_store.find_key_actor)).actor
            self._key_uses.note(actor.id)
            return actor
        claim = read_access_token(token, self._signing_key, self._clock.now())
        found = await self._look_up(claim.user_id, store.find_person_actor)
        if found.generation != claim.generation:
            raise NotSignedIn("A new password, or a stolen login, has ended this access token. Sign in again.")
        if claim.login_id:
            await self._look_up(claim.login_id, session_store.find_login)
            self._session_uses.note(claim.login_id)
        return self._require_second_factor(found)

    async def identify_cookie(self, token: str) -> Actor:
        """Whose browser this is. Raises ``NotSignedIn``."""
        found = await self._look_up(token, store.find_session_actor)
        self._session_uses.note(found.login_id)
        return self._require_second_factor(found)

    async def find_login_id(self, bearer: str | None, cookie: str | None) -> str:
        """The id of the session that a request comes in; empty for a key."""
        if cookie is not None and not bearer:
            return (await self._look_up(cookie, store.find_session_actor)).login_id
        if bearer is None or bearer.startswith(f"{keys.PREFIX}_") or "." not in bearer:
            return ""
        return read_access_token(bearer, self._signing_key, self._clock.now()).login_id

    def forget_all(self) -> None:
        """Look everybody up anew from now on; ``changes`` counts these calls."""
        self._known.clear()
        self.changes += 1

    def _require_second_factor(self, found: Credential) -> Actor:
        if self._two_factor_needed and found.actor.role == "admin" and not found.has_second_factor:
            return msgspec.structs.replace(found.actor, must_enroll=True)
        return found.actor

    async def _look_up(self, token: str, find: Callable[[Tx, str], Credential | None]) -> Credential:
        name = hash_token(f"{find.__name__} {token}")
        found = self._recall(name)
        if found is None:
            before = self.changes
            found = await self._db.read(lambda tx: find(tx, token))
            # What was read while somebody was changed may be the state before: good once, not for keeping.
            if found is not None and before == self.changes:
                self._remember(name, found)
        if found is None:
            raise NotSignedIn("This key or session is not, or no longer, valid. Sign in again.")
        return found

    def _recall(self, name: str) -> Credential | None:
        until, found = self._known.get(name, _NOTHING)
        if found is None or until <= self._clock.monotonic():
            return None
        over = found.expires_at is not None and found.expires_at <= format_instant(self._clock.now())
        return None if over else found

    def _remember(self, name: str, found: Credential) -> None:
        if len(self._known) >= CACHE_SIZE:
            self._known.clear()
        self._known[name] = (self._clock.monotonic() + CACHE_S, found)
