"""The door: every request is somebody's, except to routes marked ``public``."""

from __future__ import annotations

from ipaddress import ip_address
from typing import Any

import msgspec
from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Receive, Scope, Send

from gonogo.kernel.audit.refusals import Refusal
from gonogo.kernel.auth import key_store, keys
from gonogo.kernel.auth.actor import Actor
from gonogo.kernel.auth.errors import TwoFactorSetupRequired
from gonogo.kernel.auth.scopes import ADMIN, check_scope
from gonogo.kernel.errors import NotSignedIn, Problem
from gonogo.kernel.http.addresses import find_client_address, parse_networks
from gonogo.kernel.http.cookies import SESSION, find_cookie
from gonogo.kernel.http.limits import RateLimit
from gonogo.kernel.http.origin import find_origins, find_scheme
from gonogo.kernel.http.request_ids import get_request_id
from gonogo.kernel.kernel import Kernel

KNOWN = "known"
"""Where a request's state keeps whose it is, before it is let in."""
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class Authentication(ASGIMiddleware):
    """Puts the actor into ``request.user``; raises ``NotSignedIn``, ``UnknownHost``, ``ScopeNeeded`` …"""

    scopes = (ScopeType.HTTP, ScopeType.WEBSOCKET)

    def __init__(self, kernel: Kernel) -> None:
        parse_networks(kernel.config.trusted_proxies)
        self._kernel = kernel
        self._strangers = RateLimit(kernel.clock, kernel.config.stranger_rate)
        self._actors = RateLimit(kernel.clock, kernel.config.actor_rate)

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        """Identify, then pass on; a WebSocket is answered here because it has no error page."""
        try:
            scope["user"] = actor = await self._admit(scope)
            check_route(actor, scope)
        except Problem as problem:
            await self._record_refusal(scope, problem)
            if scope["type"] != ScopeType.WEBSOCKET:
                raise
            await _deny_websocket(send, problem)
            return
        await next_app(scope, receive, send)

    async def _record_refusal(self, scope: Scope, problem: Problem) -> None:
        actor = scope.get("state", {}).get(KNOWN)
        token = _find_token(scope)
        if problem.status == NotSignedIn.status and token and token.startswith(f"{keys.PREFIX}_"):
            actor = await self._kernel.db.read(lambda tx: key_store.find_known_key(tx, token))
        if actor is None or problem.status not in (401, 403):
            return
        address = find_client_address(scope, self._kernel.config)
        known = msgspec.structs.replace(actor, address=address, request_id=get_request_id(scope))
        route, method = scope.get("path_template") or scope["path"], str(scope.get("method", "WS"))
        await self._kernel.refusals.record(Refusal(known, method, route, problem.status, problem.detail))

    async def _admit(self, scope: Scope) -> Actor | None:
        server = scope.get("server") or ("", 0)
        # Two names are as good as none: a proxy may have looked at the other.
        hosts = [value.decode("latin-1") for key, value in scope["headers"] if key == b"host"]
        find_origins(self._kernel.config).refuse_unknown_host(hosts[0] if len(hosts) == 1 else None, server[0])
        try:
            actor = await identify_caller(self._kernel, scope)
        except NotSignedIn:
            self._strangers.take(find_client_address(scope, self._kernel.config))
            if not scope["route_handler"].opt.get("public", False):
                raise
            if not is_safe(scope) and not scope["path"].startswith("/api/"):
                _check_origin(self._kernel, scope, proof_needed=False)
            return None
        self._actors.take(actor.id)
        opt = scope["route_handler"].opt
        if actor.must_enroll and not (opt.get("public") or opt.get("before_enrollment")):
            raise TwoFactorSetupRequired(
                "Administrators here sign in with two factors. Set yours up under 'Your account' (/account)."
            )
        address = find_client_address(scope, self._kernel.config)
        return msgspec.structs.replace(actor, address=address, request_id=get_request_id(scope))


async def identify_caller(kernel: Kernel, scope: Scope) -> Actor:
    """Whose request this is, by bearer token, key or cookie. Raises ``NotSignedIn`` or ``CrossSite``."""
    if token := _find_token(scope):
        actor = await kernel.authenticator.identify_bearer(token)
        if actor.kind == "local" and not is_on_this_machine(scope):
            raise NotSignedIn(
                "The local key works on the server's own machine only, and through no proxy. "
                "Sign in with `gonogo login`, or use an API key."
            )
        return actor
    cookie = find_cookie(scope, kernel.config, SESSION)
    if cookie is None:
        raise NotSignedIn(
            "This needs a login. Sign in, or send an access token or API key as 'Authorization: Bearer …'."
        )
    actor = await kernel.authenticator.identify_cookie(cookie)
    scope.setdefault("state", {})[KNOWN] = actor
    if not is_safe(scope):
        _check_origin(kernel, scope, proof_needed=True)
    return actor


def check_route(actor: Actor | None, scope: Scope) -> None:
    """A route that declares no scope needs a key with the scope admin."""
    options = scope["route_handler"].opt
    if actor is not None and not options.get("public", False):
        check_scope(actor, options.get("scope", (ADMIN,)))


async def identify_login(kernel: Kernel, scope: Scope) -> str:
    """The id of the session that a request of a person comes in; empty for a key."""
    cookie = find_cookie(scope, kernel.config, SESSION)
    return await kernel.authenticator.find_login_id(_find_token(scope), cookie)


def find_header(scope: Scope, name: bytes) -> str | None:
    """The first header of this (lower-case) name, without building a mapping of all."""
    for key, value in scope["headers"]:
        if key == name:
            return value.decode("latin-1")
    return None


def is_on_this_machine(scope: Scope) -> bool:
    """Whether the request comes straight from a process of this machine: from loopback or a socket of the system."""
    if any(find_header(scope, name) is not None for name in (b"forwarded", b"x-forwarded-for", b"x-real-ip")):
        return False
    client = scope["client"]
    if not client or not client[0]:
        return True
    try:
        address = ip_address(client[0])
    except ValueError:
        return False
    return (getattr(address, "ipv4_mapped", None) or address).is_loopback


def is_safe(scope: Scope) -> bool:
    """Whether the request can change nothing. A WebSocket counts as unsafe: it goes on after the hand-shake."""
    return scope["type"] == ScopeType.HTTP and scope["method"] in SAFE_METHODS


def _find_token(scope: Scope) -> str | None:
    scheme, _, token = (find_header(scope, b"authorization") or "").partition(" ")
    if scheme.lower() == "bearer":
        return token.strip()
    return find_header(scope, b"x-api-key")


def _check_origin(kernel: Kernel, scope: Scope, *, proof_needed: bool) -> None:
    site, origin, host = (find_header(scope, name) for name in (b"sec-fetch-site", b"origin", b"host"))
    scheme = find_scheme(scope, kernel.config)
    find_origins(kernel.config).refuse_cross_site(site, origin, scheme, host, proof_needed=proof_needed)


async def _deny_websocket(send: Send, problem: Problem) -> None:
    headers = [(b"content-type", b"application/problem+json")]
    start: Any = {"type": "websocket.http.response.start", "status": problem.status, "headers": headers}
    body: Any = {"type": "websocket.http.response.body", "body": msgspec.json.encode(problem.to_dict())}
    await send(start)
    await send(body | {"more_body": False})
