"""Our cookies: the session, and the known browser. Under https their names say that no other host set them."""

from __future__ import annotations

from typing import Any

from litestar.connection import ASGIConnection
from litestar.datastructures import Cookie
from litestar.types import Scope

from gonogo.kernel.config import Config
from gonogo.kernel.http.origin import is_https

SESSION = "gonogo_session"
DEVICE = "gonogo_device"
_PREFIX = "__Host-"
"""Browsers take such a cookie only by https, from this very host, for every path."""


def name_cookie(name: str, *, https: bool) -> str:
    """The name under which a browser keeps it."""
    return f"{_PREFIX}{name}" if https else name


def find_cookie(scope: Scope, config: Config, name: str) -> str | None:
    """The value of one of our cookies in a request."""
    if not any(key == b"cookie" for key, _ in scope["headers"]):
        return None
    connection: ASGIConnection[Any, Any, Any, Any] = ASGIConnection(scope)
    return connection.cookies.get(name_cookie(name, https=is_https(scope, config)))


def make_cookie(scope: Scope, config: Config, name: str, value: str, life_s: int) -> Cookie:
    """A cookie that only our server reads; a life of 0 removes it."""
    https = is_https(scope, config)
    full = name_cookie(name, https=https)
    return Cookie(full, value=value, max_age=life_s, httponly=True, samesite="lax", secure=https, path="/")
