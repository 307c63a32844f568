"""One request as a value. Rooms make calls; a transport sends them, now or awaited."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal
from urllib.parse import quote

import msgspec

from gonogo.client.errors import ApiError

Json = Any
Method = Literal["GET", "POST", "PUT", "PATCH", "DELETE"]


class Page(msgspec.Struct, frozen=True):
    """Some of a long list. ``next_cursor`` asks for the rest; None when this is the end."""

    items: list[Json]
    next_cursor: str | None = None


def read_data(body: bytes) -> Json:
    """What a native answer holds."""
    return msgspec.json.decode(body)["data"]


def read_members(body: bytes) -> Json:
    """What a native answer holds, with what stands beside it (a token shown once, for one)."""
    answer = msgspec.json.decode(body)
    beside = {name: value for name, value in answer.items() if name not in ("status", "data")}
    return {**answer["data"], **beside}


def read_page(body: bytes) -> Page:
    """One page of a list."""
    answer = msgspec.json.decode(body)
    return Page(answer["data"], answer.get("next_cursor"))


def read_text(body: bytes) -> str:
    """An answer that is no JSON, such as a report."""
    return body.decode()


def read_bytes(body: bytes) -> bytes:
    """An answer as it came."""
    return body


class Document(msgspec.Struct, frozen=True):
    """A body of its own kind: a text such as TOML, or any bytes."""

    text: str | bytes
    media_type: str

    @property
    def content(self) -> bytes:
        """The body as it is sent."""
        return self.text.encode() if isinstance(self.text, str) else self.text


class Call(msgspec.Struct, frozen=True):
    """What to ask, and how to read the answer. Parameters and members of the body that are None are left out."""

    method: Method
    path: str
    params: dict[str, Any] = {}
    body: dict[str, Any] | Document | None = None
    read: Callable[[bytes], Any] = read_data

    @property
    def is_safe(self) -> bool:
        """Whether asking twice changes nothing."""
        return self.method == "GET"


Send = Callable[[Call], Any]


def make_path(*segments: str | int) -> str:
    """``/api/…`` with each segment escaped. Raises ``ApiError`` for an empty one, which would mean something else."""
    if "" in segments:
        told = "An empty name names nothing. Say which one is meant."
        raise ApiError(404, "not-found", "Nothing is named", told, None, {})
    return "/api/" + "/".join(quote(str(segment), safe="") for segment in segments)


def drop_absent(**values: Any) -> dict[str, Any]:
    """The values that are not None."""
    return {name: value for name, value in values.items() if value is not None}
