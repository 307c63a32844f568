"""Catalogs: files that declare settings and presets, read and checked as a whole.

[settings."physics.spring.strength"]
type = "float"
default = 0.5
min = 0
max = 10

[presets.low]
label = "Low"
values = { "physics.spring.strength" = 0.1 }
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from gonogo.kernel.durations import parse_duration
from gonogo.kernel.errors import Problem
from gonogo.kernel.phrasing import phrase_error
from gonogo.settings.definition import Definition, complete_definition, is_key
from gonogo.settings.errors import BadCatalog
from gonogo.settings.formats import Format, read_document
from gonogo.settings.validation import BadSchema, check_value, compile_schema


class Preset(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A named set of values that is applied as one change."""

    name: str = ""
    label: str = ""
    description: str = ""
    values: dict[str, Any]


class Catalog(msgspec.Struct, frozen=True, kw_only=True):
    """What a catalog declares, in its own order."""

    settings: tuple[Definition, ...] = ()
    presets: tuple[Preset, ...] = ()


def read_catalog(text: str, format: Format) -> Catalog:
    """The catalog in ``text``. Raises ``BadDocument`` or ``BadCatalog``, which names the setting and the rule."""
    return make_catalog(read_document(text, format))


def make_catalog(document: Mapping[str, Any]) -> Catalog:
    """The catalog of a table with ``settings`` and ``presets``, each by name. Raises ``BadCatalog``."""
    unknown = set(document) - {"settings", "presets"}
    if unknown:
        raise BadCatalog(f"A catalog has the tables 'settings' and 'presets', not '{min(unknown)}'.", field="catalog")
    settings = tuple(_make_definition(key, table) for key, table in _read_table(document, "settings").items())
    presets = tuple(_make_preset(name, table) for name, table in _read_table(document, "presets").items())
    return Catalog(settings=settings, presets=presets)


def check_definition(definition: Definition) -> None:
    """Raise ``BadCatalog`` unless the definition is consistent and its default fits it."""
    key = definition.key
    if not is_key(key):
        raise BadCatalog(f"'{key}' is no key; use lower case with dots, such as physics.spring.strength.", field=key)
    if definition.type == "enum" and not definition.choices:
        raise BadCatalog(f"'{key}' is an enum and needs 'choices'.", field=key)
    if definition.secret and definition.type not in ("string", "json"):
        raise BadCatalog(f"'{key}' is secret, so its type must be string or json.", field=key)
    _check_bounds(definition)
    try:
        compile_schema(definition)
        check_value(definition, definition.default)
    except BadSchema as error:
        raise BadCatalog(f"'{key}' has a pattern or schema that is not valid: {error}", field=key) from error
    except Problem as error:
        raise BadCatalog(f"The default of {error.detail}", field=key) from error


def _read_table(document: Mapping[str, Any], name: str) -> dict[str, Any]:
    table = document.get(name, {})
    if not isinstance(table, dict):
        example = {"settings": '[settings."physics.gravity"]', "presets": "[presets.low]"}.get(name, f"[{name}.NAME]")
        raise BadCatalog(f"'{name}' must be a table by name, such as {example} in TOML.", field=name)
    return table


def _make_definition(key: str, table: Any) -> Definition:
    if not isinstance(table, dict):
        raise BadCatalog(f"'{key}' must be a table with at least 'type' and 'default'.", field=key)
    try:
        definition = msgspec.convert({**table, "key": key}, Definition)
    except msgspec.ValidationError as error:
        raise BadCatalog(f"'{key}': {phrase_error(error, Definition)}.", field=key) from error
    check_definition(definition)
    return complete_definition(definition)


def _make_preset(name: str, table: Any) -> Preset:
    try:
        preset = msgspec.convert(table, Preset)
    except msgspec.ValidationError as error:
        raise BadCatalog(f"The preset '{name}': {phrase_error(error, Preset)}.", field=name) from error
    return msgspec.structs.replace(preset, name=name, label=preset.label or name.capitalize())


def _check_bounds(definition: Definition) -> None:
    low, high = definition.min, definition.max
    bounded = definition.type in ("int", "float", "string", "duration")
    for bound in (low, high):
        if bound is None:
            continue
        if not bounded:
            raise BadCatalog(f"'{definition.key}' is a {definition.type}, which has no bounds.", field=definition.key)
        _check_bound(definition, bound)
    if low is not None and high is not None and _measure(definition, low) > _measure(definition, high):
        raise BadCatalog(f"'{definition.key}' has a minimum above its maximum.", field=definition.key)


def _check_bound(definition: Definition, bound: int | float | str) -> None:
    fits = isinstance(bound, str) == (definition.type == "duration") and not isinstance(bound, bool)
    whole = definition.type != "string" or (isinstance(bound, int) and bound >= 0)
    try:
        _measure(definition, bound)
    except ValueError:
        fits = False
    if not (fits and whole):
        raise BadCatalog(
            f"'{definition.key}' has a bound {bound!r} that is no {definition.type}.", field=definition.key
        )


def _measure(definition: Definition, bound: int | float | str) -> float:
    return parse_duration(str(bound)) if definition.type == "duration" else float(bound)
