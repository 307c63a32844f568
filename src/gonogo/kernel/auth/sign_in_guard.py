"""Who may try to sign in now: throttled by address and name, and by address alone; a known browser by itself.

So whoever guesses is slowed down, and can't lock the person out: their own browsers, and other addresses, still pass.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from weakref import WeakValueDictionary

import msgspec

from gonogo.kernel.auth.actor import Actor
from gonogo.kernel.auth.client import LONGEST_NAME, Client
from gonogo.kernel.auth.devices import find_device
from gonogo.kernel.auth.errors import SignInThrottled
from gonogo.kernel.auth.throttle import PER_ADDRESS, PER_NAME, Throttle
from gonogo.kernel.clock import Clock
from gonogo.kernel.db.database import Database

AT_ONCE = 4
"""Sign-ins from one address that are checked at the same time."""
EVENTS_A_MINUTE = 120
STRANGER = Actor("stranger", "not signed in", "system", "viewer")


class SignInGuard:
    """Counts wrong tries and writes them to the event log."""

    def __init__(self, db: Database, clock: Clock, key: str) -> None:
        self._db = db
        self._clock = clock
        self._key = key
        self._names = Throttle(clock, PER_NAME)
        self._addresses = Throttle(clock, PER_ADDRESS)
        self._codes = Throttle(clock, PER_NAME)
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._rooms: WeakValueDictionary[str, asyncio.Semaphore] = WeakValueDictionary()
        self._reported: dict[str, float] = {}
        self._minute = (0, 0)
        self._unreported = 0

    @asynccontextmanager
    async def turn(self, client: Client, email: str) -> AsyncIterator[None]:
        """Check in one's turn: guesses sent together would all pass before the first is counted.

        Raises ``SignInThrottled``.
        """
        key = self._find_key(client, email)
        turn = self._turns.setdefault(key, asyncio.Lock())
        room = self._rooms.setdefault(client.network, asyncio.Semaphore(AT_ONCE))
        async with turn, room:
            await self._refuse_paused(client, email)
            yield

    async def count_failure(self, client: Client, email: str, reason: str, user_id: str | None) -> None:
        """Note a wrong try and write ``sign_in.failed``."""
        self._names.count_failure(self._find_key(client, email))
        if not self._is_known(client, email):
            self._addresses.count_failure(client.network)
        await self._report(client, email, {"reason": reason}, event="sign_in.failed", user_id=user_id)

    def forgive(self, client: Client, email: str) -> None:
        """The person has signed in. What else came from their address stays counted."""
        self._names.forget(self._find_key(client, email))

    def refuse_paused_codes(self, client: Client, actor: Actor) -> None:
        """Whoever has the password gets few tries at the code, from all addresses together; a known browser passes."""
        wait = 0 if self._is_known(client, actor.name) else self._codes.find_wait(actor.id)
        if wait:
            raise SignInThrottled(
                f"Too many wrong codes. Try again in {wait} s, or from a browser in which you have signed in before.",
                headers={"Retry-After": str(wait)},
            )

    def count_wrong_code(self, client: Client, actor: Actor) -> None:
        """Note a wrong code beside the right password."""
        if not self._is_known(client, actor.name):
            self._codes.count_failure(actor.id)

    def forgive_codes(self, actor: Actor) -> None:
        """The code was right."""
        self._codes.forget(actor.id)

    async def _refuse_paused(self, client: Client, email: str) -> None:
        by_name = self._names.find_wait(self._find_key(client, email))
        by_address = 0 if self._is_known(client, email) else self._addresses.find_wait(client.network)
        wait = max(by_name, by_address)
        if not wait:
            return
        by = "name" if by_name >= by_address else "address"
        await self._report_pause(client, email, by, wait)
        raise SignInThrottled(
            f"Too many wrong tries from your address. Try again in {wait} s, or from a browser in which you have "
            "signed in before.",
            headers={"Retry-After": str(wait)},
        )

    async def _report_pause(self, client: Client, email: str, by: str, wait: int) -> None:
        """Once for each pause: what is refused during it is the same news."""
        now = self._clock.monotonic()
        key = client.network if by == "address" else self._find_key(client, email)
        if self._reported.get(key, 0.0) > now:
            return
        if len(self._reported) > EVENTS_A_MINUTE:
            self._reported = {key: until for key, until in self._reported.items() if until > now}
        self._reported[key] = now + wait
        await self._report(client, email, {"by": by, "wait_s": wait}, event="sign_in.throttled")

    async def _report(
        self, client: Client, email: str, facts: dict[str, str | int], *, event: str, user_id: str | None = None
    ) -> None:
        minute = int(self._clock.monotonic() // 60)
        count = self._minute[1] + 1 if self._minute[0] == minute else 1
        self._minute = (minute, count)
        if count > EVENTS_A_MINUTE:
            self._unreported += 1
            return
        data = {"email": _name_email(email), "device": client.program[:LONGEST_NAME], **facts}
        if self._unreported:
            data["unreported_before"], self._unreported = self._unreported, 0
        stranger = msgspec.structs.replace(STRANGER, address=client.address)
        await self._db.write(lambda tx: tx.emit(event, user_id or "sign-in", data, stranger))

    def _find_key(self, client: Client, email: str) -> str:
        device = find_device(client.device, email, self._key, self._clock.now()) if client.device else None
        return f"device {device}" if device else f"{client.network} {email}"

    def _is_known(self, client: Client, email: str) -> bool:
        return self._find_key(client, email).startswith("device ")


def _name_email(email: str) -> str:
    # A password typed into the wrong field must not end up in the log.
    return email[:200] if "@" in email[1:-1] else "(not an e-mail)"
