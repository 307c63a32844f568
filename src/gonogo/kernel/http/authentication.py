"""The door: every request is somebody's, except to routes marked ``public``.

A browser's cookie counts for unsafe methods only when the request comes from our own pages. The browser says so
itself (``Sec-Fetch-Site``, else ``Origin``), so forms need no token.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from litestar.connection import ASGIConnection
from litestar.datastructures import Headers
from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Receive, Scope, Send

from gonogo.kernel.auth.actor import Actor
from gonogo.kernel.errors import Forbidden, NotSignedIn
from gonogo.kernel.kernel import Kernel

COOKIE = "gonogo_session"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class Authentication(ASGIMiddleware):
    """Puts the actor into ``request.user``; raises ``NotSignedIn`` or ``Forbidden``."""

    scopes = (ScopeType.HTTP, ScopeType.WEBSOCKET)

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        public = scope["route_handler"].opt.get("public", False)
        try:
            scope["user"] = await _identify(scope)
        except NotSignedIn:
            if not public and scope["type"] == ScopeType.WEBSOCKET:
                await _deny_websocket(send)
                return
            if not public:
                raise
            scope["user"] = None
        await next_app(scope, receive, send)


async def _deny_websocket(send: Send) -> None:
    start: dict[str, Any] = {"type": "websocket.http.response.start", "status": 401, "headers": []}
    await send(start)  # type: ignore[arg-type]
    body: dict[str, Any] = {"type": "websocket.http.response.body", "body": b"", "more_body": False}
    await send(body)  # type: ignore[arg-type]


async def _identify(scope: Scope) -> Actor:
    connection: ASGIConnection[Any, Any, Any, Any] = ASGIConnection(scope)
    kernel: Kernel = connection.app.state.kernel
    if (token := _find_bearer(connection.headers)) is not None:
        return await kernel.authenticator.identify_bearer(token)
    if (cookie := connection.cookies.get(COOKIE)) is not None:
        actor = await kernel.authenticator.identify_cookie(cookie)
        _refuse_cross_site(scope, connection.headers)
        return actor
    raise NotSignedIn("This needs a login. Sign in, or send an access token or API key as 'Authorization: Bearer …'.")


def _find_bearer(headers: Headers) -> str | None:
    scheme, _, token = headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and token:
        return token.strip()
    return headers.get("x-api-key")


def _refuse_cross_site(scope: Scope, headers: Headers) -> None:
    if scope["type"] == ScopeType.HTTP and scope["method"] in SAFE_METHODS:
        return
    site = headers.get("sec-fetch-site")
    origin = headers.get("origin", "")
    same_origin = site in ("same-origin", "none") if site else urlsplit(origin).netloc == headers.get("host")
    if not same_origin:
        raise Forbidden(
            "A cookie session may change things only from Gonogo's own pages. Programs use an API key instead.",
            field="Origin",
        )
