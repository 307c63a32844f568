"""What the room's forms hold, read into requests; every fault names its field."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

import msgspec

from gonogo.kernel.errors import BadInput
from gonogo.kernel.phrasing import phrase_fault
from gonogo.webhooks.schemas import EndpointChange, NewEndpoint, NewSource, NewType

T = TypeVar("T")


def read_endpoint(data: Mapping[str, str]) -> NewEndpoint:
    """A new endpoint. Raises ``BadInput``."""
    return _convert(_read_fields(data) | {"signature": data.get("signature", "v1")}, NewEndpoint)


def read_change(data: Mapping[str, str]) -> EndpointChange:
    """A changed endpoint; headers stay when none are typed. Raises ``BadInput``."""
    fields = _read_fields(data)
    if not fields["headers"]:
        del fields["headers"]
    return _convert(fields, EndpointChange)


def read_source(data: Mapping[str, str]) -> NewSource:
    """A new source. Raises ``BadInput``."""
    names = ("header", "algorithm", "encoding", "prefix", "timestamp_header", "id_header", "type_header")
    options = {name: data[name].strip() for name in names if data.get(name, "").strip()}
    fields = {name: data.get(name, "").strip() for name in ("name", "kind", "secret", "description", "job")}
    return _convert(fields | {"options": options}, NewSource)


def read_type(data: Mapping[str, str]) -> NewType:
    """A new event type. Raises ``BadInput``."""
    try:
        schema = msgspec.json.decode(data.get("schema", "").strip() or "{}")
    except msgspec.DecodeError as error:
        raise BadInput(f"'schema' is no JSON: {error}", field="schema") from error
    fields = {name: data.get(name, "").strip() for name in ("name", "description")}
    return _convert(fields | {"schema": schema}, NewType)


def _read_fields(data: Mapping[str, str]) -> dict[str, Any]:
    rate = data.get("rate_limit", "").strip()
    if rate and not rate.isdecimal():
        raise BadInput("'rate_limit' must be a whole number of deliveries a second, or empty.", field="rate_limit")
    return {
        "url": data.get("url", "").strip(),
        "description": data.get("description", "").strip(),
        "events": data.get("events", "").replace(",", " ").split() or ["*"],
        "rate_limit": int(rate) if rate else None,
        "ordered": data.get("ordered") == "on",
        "headers": _read_headers(data.get("headers", "")),
    }


def _read_headers(text: str) -> dict[str, str]:
    headers = {}
    for line in filter(None, map(str.strip, text.splitlines())):
        name, colon, value = line.partition(":")
        if not colon:
            raise BadInput(f"'headers': write {line!r} as Name: value.", field="headers")
        headers[name.strip()] = value.strip()
    return headers


def _convert(fields: Mapping[str, Any], kind: type[T]) -> T:
    try:
        return msgspec.convert(fields, kind)
    except msgspec.ValidationError as error:
        told, _, path = str(error).partition(" - at `$")
        field = path.strip(".`").partition("[")[0].partition(".")[0]
        raise BadInput(f"'{field or 'form'}': {phrase_fault(told, kind, field)}.", field=field or None) from error
