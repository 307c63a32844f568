"""The kernel put together: one object that every command, route and task is given."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Sequence
from contextlib import AsyncExitStack
from typing import Any, TypeVar

import structlog
from prometheus_client.registry import Collector

from gonogo.kernel.actions import Action
from gonogo.kernel.audit.log import AuditLog
from gonogo.kernel.audit.refusals import Refusals
from gonogo.kernel.auth import link_store, store
from gonogo.kernel.auth.authenticate import Authenticator
from gonogo.kernel.auth.bounds_guard import BoundsGuard
from gonogo.kernel.auth.key_uses import KeyUses
from gonogo.kernel.auth.login_watch import LoginWatch
from gonogo.kernel.auth.people import ensure_administrator
from gonogo.kernel.auth.secrets import load_secret
from gonogo.kernel.auth.session_uses import WRITE_EVERY_S, SessionUses
from gonogo.kernel.auth.sessions import Sessions
from gonogo.kernel.auth.two_factor import TwoFactor
from gonogo.kernel.clock import Clock, SystemClock
from gonogo.kernel.config import Config
from gonogo.kernel.data_folder import prepare_folder
from gonogo.kernel.db.database import Database
from gonogo.kernel.db.migrate import migrate_database
from gonogo.kernel.db.sqlite import SqliteDatabase
from gonogo.kernel.db.stored_answers import drop_old_answers
from gonogo.kernel.events.bus import Bus
from gonogo.kernel.knobs import Knobs
from gonogo.kernel.production import check_production
from gonogo.kernel.readiness import Dependency
from gonogo.kernel.room import Room
from gonogo.kernel.signals import SignalRegistry
from gonogo.kernel.signals.process import declare_process_signals
from gonogo.kernel.tasks import Tasks
from gonogo.kernel.vault import open_vault

T = TypeVar("T")
log = structlog.get_logger()
SAMPLE_EVERY_S = 2.0
SIGN_EVERY_S = 60.0
DROP_EVERY_S = 3600.0


class Kernel:
    """Configuration, database, bus, signals, tasks, auth, and the rooms of one running Gonogo.

    Use it as an async context manager: entering migrates and starts everything, leaving ends it in order.
    """

    db: Database
    bus: Bus
    tasks: Tasks
    authenticator: Authenticator
    bounds: BoundsGuard
    sessions: Sessions
    audit: AuditLog
    session_uses: SessionUses
    two_factor: TwoFactor
    refusals: Refusals
    signing_key: str
    closing: asyncio.Event
    """Set when the server stops taking requests: whoever lets one wait should answer it now."""

    def __init__(self, config: Config, rooms: Sequence[Room] = (), clock: Clock | None = None) -> None:
        self.config = config
        self.rooms = tuple(rooms)
        self.clock: Clock = clock or SystemClock()
        self.signals = SignalRegistry()
        self.knobs = Knobs((knob for room in self.rooms for knob in room.knobs), os.environ)
        self.dependencies: list[Dependency] = []
        self.collectors: list[Collector] = []
        self.generated_password: str | None = None
        self._parts: dict[type, Any] = {}

    async def __aenter__(self) -> Kernel:
        async with AsyncExitStack() as opened:
            await self._open(opened)
            self._opened = opened.pop_all()
        return self

    async def __aexit__(self, *_failure: object) -> None:
        await self._opened.aclose()

    async def _open(self, opened: AsyncExitStack) -> None:
        check_production(self.config)
        prepare_folder(self.config.folder)
        migrate_database(self.config.database_path)
        self.closing = asyncio.Event()
        self.bus = Bus(self.clock)
        synchronous = self.config.database_synchronous
        self.db = SqliteDatabase(self.config.database_path, self.clock, self.bus, synchronous=synchronous)
        opened.push_async_callback(self.db.close)
        self.dependencies += [Dependency("database", self.db.ping), Dependency("database writer", self._check_writer)]
        self.tasks = Tasks(self.clock)
        opened.push_async_callback(self.tasks.close)
        await self._open_auth()
        self.audit = AuditLog(self.db, self.clock, self.config.folder, self.config.audit_retention)
        self.refusals = Refusals(self.db, self.clock)
        self.tasks.repeat("count refusals", SIGN_EVERY_S, self.refusals.flush)
        declare_process_signals(self.signals, self.config.folder)
        for room in self.rooms:
            if room.declare_signals is not None:
                room.declare_signals(self)
        self.tasks.repeat("sample signals", SAMPLE_EVERY_S, self._sample_signals)
        self.tasks.repeat("drop old answers", DROP_EVERY_S, self._drop_old_answers)
        if not self.config.embedded:
            opened.push_async_callback(self._sign_last)
            self.tasks.repeat("sign the audit log", SIGN_EVERY_S, self.audit.sign_head)
            self.tasks.repeat("prune the audit log", DROP_EVERY_S, self._prune)
        for room in self.rooms:
            if room.on_start is not None:
                await room.on_start(self)
            if room.on_stop is not None:
                opened.push_async_callback(room.on_stop, self)

    @property
    def actions(self) -> dict[str, Action]:
        """Every room's moves by name, such as ``flags.ramp``."""
        return {name: action for room in self.rooms for name, action in (room.actions or {}).items()}

    def add_part(self, part: object) -> None:
        """Keep a room's own long-lived object; ``get_part`` finds it by its class."""
        self._parts[type(part)] = part

    def get_part(self, kind: type[T]) -> T:
        """The object of this class that a room added."""
        part: T = self._parts[kind]
        return part

    async def _open_auth(self) -> None:
        folder = self.config.folder
        self.signing_key = self.config.secret_key or load_secret(folder / "secret.key")
        local_key = load_secret(folder / "local.key")
        self.bounds = BoundsGuard(self.db, self.clock)
        uses = KeyUses(self.db, self.tasks, self.clock)
        self.session_uses = SessionUses(self.db, self.clock)
        self.authenticator = Authenticator(
            self.db,
            self.bus,
            self.clock,
            self.signing_key,
            local_key,
            uses,
            self.session_uses,
            two_factor_needed=self.config.require_two_factor,
        )
        self.login_watch = LoginWatch(self.bus, self.tasks)
        vault = open_vault(self.config.settings_key, folder, "two-factor sign-in")
        self.two_factor = TwoFactor(
            self.db, self.clock, vault, self.config.environment, required=self.config.require_two_factor
        )
        self.sessions = Sessions(self.db, self.config, self.clock, self.signing_key, self.two_factor)
        self.tasks.repeat("note when sessions were used", WRITE_EVERY_S, self.session_uses.write)
        self.generated_password = await ensure_administrator(self.db, self.config)

    async def _check_writer(self) -> None:
        await self.db.write(lambda _tx: None)

    async def _drop_old_answers(self) -> None:
        await self.db.write(drop_old_answers)

    async def _prune(self) -> None:
        await self.db.write(store.drop_expired_sessions)
        await self.db.write(link_store.drop_old_links)
        await self.audit.prune()

    async def _sign_last(self) -> None:
        try:
            await self.refusals.flush(ended=True)
            await self.audit.sign_head()
        except Exception as error:  # noqa: BLE001 — a full disk, say: the next start signs, and this one must end
            log.warning("the audit log could not be signed at the end", why=str(error))

    async def _sample_signals(self) -> None:
        self.signals.sample_all(self.clock.now())
