"""The application around the routes: what belongs to every answer, also to one that no route gave."""

from __future__ import annotations

import time
from typing import Any

import structlog
from litestar import Litestar, Request, Response
from litestar.types import Message, Receive, Scope, Send

from gonogo.kernel.http.origin import is_https
from gonogo.kernel.http.request_ids import HEADER, get_request_id
from gonogo.kernel.http.security import add_headers
from gonogo.kernel.kernel import Kernel
from gonogo.kernel.telemetry.metrics import RequestMetrics

NO_ROUTE = "(no route)"
"""The route of an answer to an unknown address: the address itself would let strangers invent metrics."""


FALLBACK = {
    "type": "/problems/internal-fault",
    "title": "This is our mistake",
    "status": 500,
    "detail": "Something went wrong here. The log of the server says what.",
}
log = structlog.get_logger()


class Application(Litestar):
    """Litestar that adds the security headers to every HTTP answer and counts it with its time.

    ``request.state.seq`` is the newest event when the request came: a page's live link begins there and misses none.
    """

    def __init__(self, kernel: Kernel, metrics: RequestMetrics, **options: Any) -> None:
        super().__init__(**options)
        self.state.kernel = kernel
        self._kernel = kernel
        self._metrics = metrics

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """The ASGI entry."""
        if scope["type"] == "http":
            await self._answer(scope, receive, send)
        else:
            await super().__call__(scope, receive, send)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = time.perf_counter()
        scope.setdefault("state", {})["seq"] = self._kernel.bus.last_seq
        status: int | None = None

        async def send_completed(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                add_headers(message, scope, https=is_https(scope, self._kernel.config))
                message["headers"] = [*message["headers"], (HEADER, get_request_id(scope).encode())]
            await send(message)

        try:
            await super().__call__(scope, receive, send_completed)
        except Exception as error:
            if status is not None:
                raise
            # The error page itself could not be made.
            log.error("answer failed", path=scope["path"], exc_info=error)
            await Response(FALLBACK, status_code=500).to_asgi_response(None, Request(scope))(
                scope, receive, send_completed
            )
        finally:
            route = scope.get("path_template") or NO_ROUTE
            elapsed = time.perf_counter() - started
            self._metrics.count(scope["method"], route, status or 500, elapsed)  # type: ignore[typeddict-item]
