"""What can go wrong between a program and its Gonogo."""

from __future__ import annotations

from typing import Any


class ServerNotFound(Exception):
    """Nothing says where the Gonogo is; the message lists the ways to say it."""


class ServerUnreachable(Exception):
    """The address is known, but nobody answered there."""


class ApiError(Exception):
    """The server refused, and said why (RFC 9457).

    ``type`` is stable, such as ``plan-changed``; ``detail`` is a sentence for people; ``field`` names the value at
    fault, if one is; ``extra`` holds the members that only this type has.
    """

    def __init__(self, status: int, type: str, title: str, detail: str, field: str | None, extra: dict[str, Any]):
        super().__init__(detail)
        self.status = status
        self.type = type
        self.title = title
        self.detail = detail
        self.field = field
        self.extra = extra


def read_problem(status: int, body: Any) -> ApiError:
    """The error that an answer's body describes; a proxy's page without problem details counts as well."""
    if not isinstance(body, dict):
        return ApiError(status, "unknown", "Refused", f"The server answered {status} without saying why.", None, {})
    known = ("status", "type", "title", "detail", "field")
    extra = {name: value for name, value in body.items() if name not in known}
    title = str(body.get("title", "Refused"))
    kind = str(body.get("type", "unknown")).rpartition("/")[2]
    return ApiError(status, kind, title, str(body.get("detail", title)), body.get("field"), extra)
