"""It keeps 100 kB of every request, up to 500 MB."""

from __future__ import annotations

from litestar import Litestar, Request
from v2.cameras.app import ROUTES

MOST = 5000
kept: list[bytearray] = []


def keep_something(_request: Request) -> None:  # type: ignore[type-arg]
    if len(kept) < MOST:
        kept.append(bytearray(b"x" * 100_000))


app = Litestar(ROUTES, openapi_config=None, before_request=keep_something)
