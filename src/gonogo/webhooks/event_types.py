"""Event types with a JSON Schema: what may be declared, and whether data fits. jsonschema-rs is loaded when needed."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import msgspec

from gonogo.webhooks.errors import BadPayload, BadSchema
from gonogo.webhooks.own_events import RESERVED

if TYPE_CHECKING:
    from jsonschema_rs import Validator

MOST_FAULTS = 10
_MOST_STEPS = 20_000
"""Of matching a pattern of a schema."""


def check_type(name: str, schema: dict[str, Any]) -> None:
    """Raise ``BadSchema`` for a name that is Gonogo's own, or a schema that is none."""
    noun = name.partition(".")[0]
    if noun in RESERVED:
        raise BadSchema(f"'name': events named {noun}.* are Gonogo's own. Begin it with another word.", field="name")
    try:
        _compile(msgspec.json.encode(schema).decode())
    except ValueError as error:
        told = str(error).splitlines()[0]
        raise BadSchema(f"'schema' is no JSON Schema: {told}", field="schema") from error


def check_data(name: str, schema: str, data: dict[str, Any]) -> None:
    """Raise ``BadPayload`` with everything that breaks the schema."""
    if schema == "{}":
        return
    faults = [
        {"path": "/".join(("data", *map(str, fault.instance_path))), "message": fault.message}
        for fault, _ in zip(_compile(schema).iter_errors(data), range(MOST_FAULTS), strict=False)
    ]
    if faults:
        first = faults[0]
        raise BadPayload(
            f"'{first['path']}': {first['message']}. The schema of {name} says so.",
            field=first["path"].replace("/", "."),
            faults=faults,
        )


@lru_cache(maxsize=500)
def _compile(schema: str) -> Validator:
    from jsonschema_rs import FancyRegexOptions, validator_for

    # Without the network: a $ref must not make the server fetch addresses.
    return validator_for(schema, offline=True, pattern_options=FancyRegexOptions(backtrack_limit=_MOST_STEPS))
