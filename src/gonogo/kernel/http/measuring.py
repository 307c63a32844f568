"""Counting requests and their time, by route pattern."""

from __future__ import annotations

import time

from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from gonogo.kernel.telemetry.metrics import RequestMetrics


class Measuring(ASGIMiddleware):
    """Tells ``RequestMetrics`` of every answer."""

    scopes = (ScopeType.HTTP,)

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        started = time.perf_counter()
        status = 500

        async def note_status(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await next_app(scope, receive, note_status)
        finally:
            metrics: RequestMetrics = scope["litestar_app"].state.metrics
            route = scope.get("path_template") or scope["path"]
            metrics.count(scope["method"], route, status, time.perf_counter() - started)
