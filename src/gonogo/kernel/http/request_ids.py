"""The id of a request, for events and answers: the caller's ``X-Request-Id`` if it is a plain one, or a new one."""

from __future__ import annotations

import re

from litestar.types import Scope

from gonogo.kernel.ids import new_id

HEADER = b"x-request-id"
_KEY = "request_id"
_PLAIN = re.compile(r"[A-Za-z0-9._:-]{1,64}")


def get_request_id(scope: Scope) -> str:
    """The id of this request, the same at every call."""
    state = scope.setdefault("state", {})
    found: str | None = state.get(_KEY)
    if found is None:
        found = state[_KEY] = _find_sent_id(scope) or new_id()
    return found


def _find_sent_id(scope: Scope) -> str | None:
    for name, value in scope["headers"]:
        if name == HEADER:
            text = value.decode("latin-1")
            return text if _PLAIN.fullmatch(text) else None
    return None
