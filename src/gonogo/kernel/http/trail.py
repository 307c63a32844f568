"""Nothing passes unrecorded: refusals of known callers, and changes whose own command has written no event.

It runs inside ``Authentication``. A change that succeeded and left no event with its request's id in the log gets a
plain one, ``request.accepted``, so that a new route is on the record before anybody thinks of an event for it.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable

import structlog
from litestar.enums import ScopeType
from litestar.exceptions import HTTPException
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from gonogo.kernel.audit.refusals import Refusal
from gonogo.kernel.auth.actor import Actor
from gonogo.kernel.errors import Problem
from gonogo.kernel.events.event import Event
from gonogo.kernel.http.authentication import is_safe
from gonogo.kernel.http.problems import REASON
from gonogo.kernel.kernel import Kernel

log = structlog.get_logger()
REMEMBERED = 4096
REFUSED = frozenset({401, 403})

UNRECORDED: dict[tuple[str, str], str] = {
    ("POST", "/api/queue/beat"): "a worker's sign of life, every few seconds",
    ("POST", "/api/queue/claim"): "a worker asking for jobs; the job names the worker that has it",
    ("POST", "/api/queue/finish"): "a job's result, kept with the job; failures and deaths have events",
    ("POST", "/api/releases/plan"): "reads pasted text; a plan of a server's file has its own event",
    ("POST", "/api/settings/presets/{name:str}/preview"): "computes what would change",
    ("POST", "/api/signals/evaluate"): "computes a value",
    ("POST", "/api/assets/{id:str}/verify"): "computes a proof",
    ("POST", "/api/v1/observability/infrastructure/ingest"): "samples of a host, every few seconds",
    ("POST", "/api/v1/observability/infrastructure/alerts/dry-run"): "computes what would have fired",
    ("POST", "/api/v1/observability/infrastructure/verify"): "computes a proof",
    ("POST", "/v1/logs"): "telemetry",
    ("POST", "/v1/metrics"): "telemetry",
    ("POST", "/v1/traces"): "telemetry",
}
"""Routes that are not safe methods and leave no event, and why. Everything else does."""


class Trail(ASGIMiddleware):
    """Writes ``access.refused`` and ``request.accepted``."""

    scopes = (ScopeType.HTTP,)

    def __init__(self, kernel: Kernel) -> None:
        self._kernel = kernel
        self._recorded: OrderedDict[str, None] = OrderedDict()
        self._listening = False

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        """Pass on, and look at what came of it."""
        actor: Actor | None = scope.get("user")
        if actor is None:
            await next_app(scope, receive, send)
            return
        self._listen()
        # The caller may have chosen the id, and used it before.
        self._recorded.pop(actor.request_id, None)

        async def send_noting(message: Message) -> None:
            if message["type"] == "http.response.start" and not _is_replayed(message["headers"]):
                # Before the caller has its answer: whoever saw a change succeed finds it in the log.
                await self._note(scope, actor, message["status"], scope.get("state", {}).get(REASON, ""))
            await send(message)

        try:
            await next_app(scope, receive, send_noting)
        except Problem as problem:
            await self._note(scope, actor, problem.status, problem.detail)
            raise
        except HTTPException as error:
            await self._note(scope, actor, error.status_code, error.detail)
            raise

    async def _note(self, scope: Scope, actor: Actor, status: int, why: str) -> None:
        route = scope.get("path_template") or scope["path"]
        method = str(scope.get("method"))
        if status in REFUSED:
            await self._kernel.refusals.record(Refusal(actor, method, route, status, why))
        elif status < 400 and _must_be_recorded(scope, method, route) and actor.request_id not in self._recorded:
            await self._record(scope, actor, method, route)

    async def _record(self, scope: Scope, actor: Actor, method: str, route: str) -> None:
        data = {"method": method, "route": route, "path": scope["path"][:500]}
        try:
            await self._kernel.db.write(lambda tx: tx.emit("request.accepted", f"{method} {route}"[:200], data, actor))
        except Problem as problem:
            log.warning("a change is not on the record", route=route, why=problem.detail)

    def _listen(self) -> None:
        # The bus is there once the kernel is open, and this is made before.
        if not self._listening:
            self._listening = True
            self._kernel.bus.listen("*", self._take)

    def _take(self, event: Event) -> None:
        if event.request_id:
            self._recorded[event.request_id] = None
            if len(self._recorded) > REMEMBERED:
                self._recorded.popitem(last=False)


def _must_be_recorded(scope: Scope, method: str, route: str) -> bool:
    return not is_safe(scope) and (method, route) not in UNRECORDED


def _is_replayed(headers: Iterable[tuple[bytes, bytes]]) -> bool:
    # The answer of a change that was made, and recorded, before.
    return any(name == b"idempotency-replayed" for name, _ in headers)
