"""Answers with an ``ETag``: who has the same already is told so, and nothing more."""

from __future__ import annotations

from hashlib import blake2b
from typing import Any

import msgspec
from litestar import Request, Response

from gonogo.kernel.http.envelope import success

JSON = "application/json"


def answer_tagged(request: Request[Any, Any, Any], data: Any) -> Response[bytes]:
    """The data in its envelope, or 304 for who names its tag in ``If-None-Match``."""
    return answer_encoded(request, msgspec.json.encode(success(data)))


def answer_encoded(request: Request[Any, Any, Any], body: bytes) -> Response[bytes]:
    """The same for a body that is encoded already."""
    tag = f'"{blake2b(body, digest_size=12).hexdigest()}"'
    headers = {"ETag": tag, "Cache-Control": "private, no-cache"}
    if tag in request.headers.get("if-none-match", ""):
        return Response(b"", status_code=304, headers=headers, media_type=JSON)
    return Response(body, media_type=JSON, headers=headers)
