"""Which values fit which definitions, and what is said of those that do not."""

from __future__ import annotations

import datetime
from typing import Any

import pytest

from gonogo.settings.catalog import make_catalog
from gonogo.settings.definition import Definition, is_key
from gonogo.settings.errors import BadCatalog, BadValue
from gonogo.settings.validation import MASK, check_value
from tests.settings.stage import CATALOG

DEFINITIONS = {one.key: one for one in make_catalog(CATALOG).settings}


@pytest.mark.parametrize(
    ("key", "value", "rule", "value_type", "words"),
    [
        ("physics.spring.strength", 12, "maximum", "int", "at most 10 N"),
        ("physics.spring.strength", "2", "type", "string", "must be a number, not string"),
        ("physics.spring.strength", True, "type", "bool", "must be a number"),
        ("physics.spring.strength", float("nan"), "finite", "float", "a finite number"),
        ("physics.iterations", 1.5, "type", "float", "a whole number"),
        ("physics.iterations", 0, "minimum", "int", "at least 1"),
        ("physics.iterations", 10**400, "maximum", "int", "at most 1000"),
        ("rendering.bloom.enabled", 1, "type", "int", "true or false"),
        ("rendering.antialiasing", "smaa", "enum", "string", "one of none, fxaa, msaa"),
        ("rendering.background", "blue", "pattern", "string", "a colour such as"),
        ("agents.timeout", "1h", "maximum", "string", "at most 10m"),
        ("agents.timeout", "0s", "minimum", "string", "at least 1s"),
        ("agents.timeout", "soon", "duration", "string", "a duration such as"),
        ("agents.token", MASK, "mask", "string", "its own mask"),
        ("agents.token", "x" * 101, "maxLength", "string", "at most 100 characters"),
        ("agents.name", "R2", "pattern", "string", "must match the pattern"),
        ("agents.name", "\ud800", "json", "string", "must be a JSON value"),
        ("agents.name", None, "type", "null", "must be text, not null"),
        ("agents.name", datetime.date(2026, 1, 31), "json", "date", "must be a JSON value"),
        ("dashboard.panels", {"a": 1}, "type", "object", "does not fit its schema"),
    ],
)
def test_what_does_not_fit(key: str, value: Any, rule: str, value_type: str, words: str) -> None:
    with pytest.raises(BadValue) as refused:
        check_value(DEFINITIONS[key], value)
    assert (refused.value.extra["rule"], refused.value.extra["value_type"]) == (rule, value_type)
    assert words in refused.value.detail


@pytest.mark.parametrize(
    ("key", "value", "kept"),
    [
        ("physics.spring.strength", 3, 3.0),
        ("physics.iterations", 12.0, 12),
        ("rendering.background", "#fff", "#fff"),
        ("agents.timeout", "1500 ms", "1500 ms"),
        ("dashboard.panels", [], []),
    ],
)
def test_what_fits(key: str, value: Any, kept: Any) -> None:
    checked = check_value(DEFINITIONS[key], value)
    assert (checked, type(checked)) == (kept, type(kept))


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ({"type": "int"}, "'a.b': This needs the field 'default'."),
        (
            {"type": "number", "default": 1},
            "'type': There is no choice 'number' here; there are bool, color,",
        ),
        ({"type": "int", "default": 1, "minimum": 0}, "There is no field 'minimum' here; there are key, type"),
        ({"type": "int", "default": 0, "min": 1}, "The default of 'a.b' must be at least 1"),
        ({"type": "int", "default": 5, "min": 9, "max": 1}, "minimum above its maximum"),
        ({"type": "int", "default": 5, "min": "1"}, "a bound '1' that is no int"),
        ({"type": "bool", "default": True, "max": 1}, "a bool, which has no bounds"),
        ({"type": "string", "default": "x", "max": -1}, "a bound -1 that is no string"),
        ({"type": "duration", "default": "5s", "min": "soon"}, "a bound 'soon' that is no duration"),
        ({"type": "enum", "default": "a"}, "needs 'choices'"),
        ({"type": "int", "default": 1, "secret": True}, "must be string or json"),
        ({"type": "string", "default": "a", "pattern": "(a"}, "pattern or schema that is not valid"),
        (
            {"type": "string", "default": "a", "min_role": "king"},
            "'king' here; there are admin, approver,",
        ),
        ("text", "must be a table"),
    ],
)
def test_a_definition_that_contradicts_itself_is_refused(table: Any, words: str) -> None:
    with pytest.raises(BadCatalog) as refused:
        make_catalog({"settings": {"a.b": table}})
    assert words in refused.value.detail


@pytest.mark.parametrize(
    "key", ["search", "Physics.spring", "a..b", "a.b.", ".a", "a b.c", "a.b\n", "å.b", "a" * 200 + ".b"]
)
def test_what_is_no_key(key: str) -> None:
    assert not is_key(key)
    with pytest.raises(BadCatalog):
        make_catalog({"settings": {key: {"type": "bool", "default": True}}})


def test_category_and_label_come_from_the_key() -> None:
    made = make_catalog({"settings": {"physics.spring_rest.max-length": {"type": "int", "default": 1}}}).settings[0]
    assert (made.category, made.label) == ("physics", "Spring rest max length")
    assert made == Definition(key=made.key, type="int", default=1, category="physics", label=made.label)
