"""Headers that every answer carries. The content policy allows our own files only: no inline script or style."""

from __future__ import annotations

from litestar.types import HTTPResponseStartEvent, Scope

CONTENT_POLICY = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'"
)
HEADERS = {
    "content-security-policy": CONTENT_POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
}
_RAW = tuple((name.encode(), value.encode()) for name, value in HEADERS.items())
_CACHE = b"cache-control"
_STRICT = (b"strict-transport-security", b"max-age=31536000")
"""A browser that came by https once comes by https for a year."""


def add_headers(message: HTTPResponseStartEvent, scope: Scope, *, https: bool) -> None:
    """Add ``HEADERS`` and a caching rule to an answer that is about to start, unless it has set them itself."""
    headers = list(message["headers"])
    present = {name.lower() for name, _ in headers}
    headers += [pair for pair in _RAW if pair[0] not in present]
    if https and _STRICT[0] not in present:
        headers.append(_STRICT)
    if _CACHE not in present:
        headers.append((_CACHE, _choose_caching(scope)))
    message["headers"] = headers


def _choose_caching(scope: Scope) -> bytes:
    if not scope["path"].startswith("/static/"):
        return b"no-store"
    # An address with a hash of the content never means anything else.
    return b"public, max-age=31536000, immutable" if scope["query_string"].startswith(b"v=") else b"no-cache"
