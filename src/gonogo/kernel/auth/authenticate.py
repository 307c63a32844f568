"""From a token to an actor: access token, API key, the local key, or a browser's session cookie."""

from __future__ import annotations

import getpass
import hmac
import socket

from gonogo.kernel.auth import keys, store
from gonogo.kernel.auth.access_tokens import read_access_token
from gonogo.kernel.auth.actor import Actor
from gonogo.kernel.auth.secrets import hash_token
from gonogo.kernel.clock import Clock
from gonogo.kernel.db.database import Database
from gonogo.kernel.errors import NotSignedIn

CACHE_S = 30.0
CACHE_SIZE = 10_000


class Authenticator:
    """Looks actors up, remembering them for up to half a minute; ``forget_all`` after any change to people or keys."""

    def __init__(self, db: Database, clock: Clock, signing_key: str, local_key: str) -> None:
        self._db = db
        self._clock = clock
        self._signing_key = signing_key
        self._local_key = local_key
        self._local = Actor("local", f"{getpass.getuser()}@{socket.gethostname()}", "local", "admin")
        self._known: dict[str, tuple[float, Actor]] = {}

    async def identify_bearer(self, token: str) -> Actor:
        """Who sent ``Authorization: Bearer token``. Raises ``NotSignedIn``."""
        if hmac.compare_digest(token.encode(), self._local_key.encode()):
            return self._local
        if token.startswith(f"{keys.PREFIX}_"):
            return await self._look_up(token, "key")
        claimed = read_access_token(token, self._signing_key, self._clock.now())
        return await self._look_up(claimed.id, "person")

    async def identify_cookie(self, token: str) -> Actor:
        """Whose browser this is. Raises ``NotSignedIn``."""
        return await self._look_up(token, "session")

    def forget_all(self) -> None:
        self._known.clear()

    async def _look_up(self, token: str, kind: str) -> Actor:
        name = f"{kind}:{hash_token(token)}"
        now = self._clock.monotonic()
        if (known := self._known.get(name)) is not None and known[0] > now:
            return known[1]
        actor = await self._find(token, kind)
        if actor is None:
            raise NotSignedIn("This key or session is not, or no longer, valid. Sign in again.")
        if len(self._known) >= CACHE_SIZE:
            self._known.clear()
        self._known[name] = (now + CACHE_S, actor)
        return actor

    async def _find(self, token: str, kind: str) -> Actor | None:
        if kind == "key":
            return await self._db.read(lambda tx: store.find_key_actor(tx, token))
        if kind == "session":
            return await self._db.read(lambda tx: store.find_session_actor(tx, token))
        person = await self._db.read(lambda tx: store.find_person(tx, id=token))
        if person is None or person.disabled_at is not None:
            return None
        return Actor(person.id, person.email, "user", person.role)
