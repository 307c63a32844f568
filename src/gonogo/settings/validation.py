"""Whether a value fits its setting: by JSON Schema generated from the definition, and the length of durations."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any

import jsonschema_rs
import msgspec

from gonogo.kernel.durations import parse_duration
from gonogo.settings.definition import Definition
from gonogo.settings.errors import BadValue

COLOR_RULE = r"^#([0-9a-fA-F]{3}|[0-9a-fA-F]{6}|[0-9a-fA-F]{8})$"
MASK = "********"
_MOST_STEPS = 20_000
"""Of a pattern that can't be matched in linear time."""

_JSON_TYPES = {"bool": "boolean", "int": "integer", "float": "number"}
_NAMES = {bool: "bool", int: "int", float: "float", str: "string", type(None): "null", list: "list", dict: "object"}
_WORDS = {
    "bool": "true or false",
    "int": "a whole number",
    "float": "a number",
    "string": "text",
    "color": "a colour such as #1e90ff",
    "duration": "a duration such as 30s or 15m",
}


class BadSchema(ValueError):
    """The pattern or schema of a definition is itself not valid."""


def name_type(value: Any) -> str:
    """A value's own type in the words of settings: ``int``, ``string``, ``null``, ``list``, …"""
    return _NAMES.get(type(value), type(value).__name__)


def make_schema(definition: Definition) -> dict[str, Any]:
    """The JSON Schema that the values of this setting satisfy."""
    kind = definition.type
    if kind == "json":
        return definition.schema or {}
    if kind == "enum":
        return {"enum": list(definition.choices)}
    schema: dict[str, Any] = {"type": _JSON_TYPES.get(kind, "string")}
    pattern = COLOR_RULE if kind == "color" else definition.pattern
    if pattern is not None:
        schema["pattern"] = pattern
    low, high = ("minLength", "maxLength") if kind == "string" else ("minimum", "maximum")
    if kind in ("int", "float", "string"):
        schema |= {name: bound for name, bound in ((low, definition.min), (high, definition.max)) if bound is not None}
    return schema


def check_value(definition: Definition, value: Any) -> Any:
    """``value`` as it is stored (``3.0`` of an int is ``3``). Raises ``BadValue`` with the rule and its type."""
    if isinstance(value, float) and not math.isfinite(value):
        raise _refuse(definition, value, "finite", "must be a finite number.")
    try:
        compile_schema(definition).validate(value)
    except jsonschema_rs.ValidationError as error:
        raise _tell_fault(definition, value, error) from error
    except ValueError as error:
        raise _refuse(definition, value, "json", f"must be a JSON value: {error}") from error
    _check_encodable(definition, value)
    if definition.secret and value == MASK:
        raise _refuse(definition, value, "mask", "can't be set to its own mask. Send the secret, or leave it out.")
    if definition.type == "duration":
        _check_duration(definition, value)
    return _coerce(definition, value)


def compile_schema(definition: Definition) -> jsonschema_rs.Validator:
    """The validator of a definition. Raises ``BadSchema`` for a pattern or schema that is not valid."""
    return _compile_text(msgspec.json.encode(make_schema(definition)))


@lru_cache(maxsize=4096)
def _compile_text(schema: bytes) -> jsonschema_rs.Validator:
    try:
        return _open_validator(msgspec.json.decode(schema))
    except (ValueError, jsonschema_rs.ValidationError) as error:
        raise BadSchema(str(error).splitlines()[0]) from error


def _open_validator(schema: Any) -> jsonschema_rs.Validator:
    # Without the network: a $ref must not make the server fetch addresses. Patterns in linear time where they can be;
    # those that need lookaround get a bounded number of steps.
    try:
        return jsonschema_rs.validator_for(schema, offline=True, pattern_options=jsonschema_rs.RegexOptions())
    except (ValueError, jsonschema_rs.ValidationError):
        bounded = jsonschema_rs.FancyRegexOptions(backtrack_limit=_MOST_STEPS)
        return jsonschema_rs.validator_for(schema, offline=True, pattern_options=bounded)


def _check_encodable(definition: Definition, value: Any) -> None:
    try:
        msgspec.json.encode(value)
    except (ValueError, TypeError, OverflowError, RecursionError) as error:
        raise _refuse(definition, value, "json", f"can't be written as JSON: {error}.") from error


def _check_duration(definition: Definition, value: str) -> None:
    try:
        seconds = parse_duration(value)
    except ValueError as error:
        raise _refuse(definition, value, "duration", "must be a duration such as 500ms, 30s, 15m or 24h.") from error
    if definition.min is not None and seconds < parse_duration(str(definition.min)):
        raise _refuse(definition, value, "minimum", f"must be at least {definition.min}.", definition.min)
    if definition.max is not None and seconds > parse_duration(str(definition.max)):
        raise _refuse(definition, value, "maximum", f"must be at most {definition.max}.", definition.max)


def _coerce(definition: Definition, value: Any) -> Any:
    if definition.type == "int":
        return int(value)
    if definition.type == "float" and abs(value) < 1e300:
        return float(value)
    return value


def _tell_fault(definition: Definition, value: Any, error: jsonschema_rs.ValidationError) -> BadValue:
    rule = str(error.schema_path[-1]) if error.schema_path else "schema"
    limit = getattr(error.kind, "limit", None)
    told = {
        "type": f"must be {_WORDS.get(definition.type, 'of another type')}, not {name_type(value)}.",
        "enum": f"must be one of {', '.join(str(choice) for choice in definition.choices)}.",
        "minimum": f"must be at least {definition.min}{_space(definition.unit)}.",
        "maximum": f"must be at most {definition.max}{_space(definition.unit)}.",
        "minLength": f"must have at least {definition.min} characters.",
        "maxLength": f"must have at most {definition.max} characters.",
        "pattern": f"must be {_WORDS['color']}."
        if definition.type == "color"
        else f"must match the pattern {definition.pattern}.",
    }
    if definition.type == "json":
        return _refuse(definition, value, rule, f"does not fit its schema: {error.message}.", limit)
    if rule == "enum":
        limit = list(definition.choices)
    return _refuse(definition, value, rule, told.get(rule, f"breaks the rule {rule}: {error.message}."), limit)


def _refuse(definition: Definition, value: Any, rule: str, told: str, limit: Any = None) -> BadValue:
    return BadValue(definition.key, rule, told, setting_type=definition.type, value_type=name_type(value), limit=limit)


def _space(unit: str) -> str:
    return f" {unit}" if unit else ""
