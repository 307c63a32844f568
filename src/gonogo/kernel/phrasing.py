"""What people are told of a value that breaks a rule: the validator's messages in people's words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
from msgspec import inspect

_WORDS: dict[str, str] = {}
_PATTERN = re.compile(r"Expected `str` matching regex (?P<pattern>(['\"]).*\2)", flags=re.DOTALL)
_INSTANT = re.compile(r"Invalid RFC3339 encoded datetime|Expected `datetime`(, got `\w+`)?")
_KINDS = re.compile(r"Expected `(?P<wanted>[\w\s|]+)`, got `(?P<got>\w+)`")
_BOUND = re.compile(r"Expected `(?P<kind>int|float)` (?P<sign>[<>]=?) (?P<bound>\S+)")
_LENGTH = re.compile(r"Expected `(?P<kind>\w+)` of length (?P<sign>[<>]?=? ?)(?P<bound>\d+)(?:, got (?P<got>\d+))?")
_MULTIPLE = re.compile(r"Expected `(?P<kind>int|float)` that's a multiple of (?P<step>\S+)")
_CHOICE = re.compile(r"Invalid enum value (?P<value>'.*'|\S+)", flags=re.DOTALL)
_UNKNOWN = re.compile(r"Object contains unknown field `(?P<field>[^`]*)`")
_MISSING = re.compile(r"Object missing required field `(?P<field>[^`]*)`")
_PLAIN = {
    "Number out of range": "This number is too large",
    "Integer value out of range": "This number is too large",
    "Invalid UUID": "Expected a UUID such as 0197d2a4-6f3c-7e1b-8c55-3f0a9be0c1d2",
    "Invalid base64 encoded string": "Expected text in base64",
    "Invalid RFC3339 encoded date": "Expected a date such as 2026-03-02",
}
_NOUNS = {
    "int": "a whole number",
    "float": "a number",
    "str": "text",
    "bool": "true or false",
    "array": "a list",
    "object": "an object",
    "datetime": "an instant such as 2026-03-02T12:00:00Z",
    "date": "a date such as 2026-03-02",
    "uuid": "a UUID",
    "bytes": "text in base64",
    "null": "null",
}
_FOUND = _NOUNS | {"float": "a number with a fraction"}
_BOUNDS = {">=": "of at least", "<=": "of at most", ">": "greater than", "<": "less than"}
_LENGTHS = {">=": "of at least", "<=": "of at most", "": "of exactly"}
_PARTS = {"str": "character", "array": "entry", "object": "entry"}


def in_words(pattern: str, words: str) -> str:
    """``pattern`` for a ``msgspec.Meta``; who breaks it is told: Expected ``words``.

    Example: ``Meta(pattern=in_words(r"^[0-9a-f]{64}$", "a SHA-256 in hexadecimal"))``
    """
    _WORDS[repr(pattern)] = words
    return pattern


def phrase_fault(message: str, kind: Any = None, path: str = "") -> str:
    """A validator's message as people say it.

    With ``kind``, the type that was expected, and ``path``, the place in it (``job.labels[0]``), it names what may
    stand there instead of an unknown field or choice.

    Example: ``phrase_fault("Expected `int` >= 1")`` is ``Expected a whole number of at least 1``.
    """
    message = _INSTANT.sub("Expected an instant such as 2026-03-02T12:00:00Z", message)
    found = _PATTERN.search(message)
    if found is not None and found["pattern"] in _WORDS:
        message = f"{message[: found.start()]}Expected {_WORDS[found['pattern']]}{message[found.end() :]}"
    message = _KINDS.sub(_phrase_kinds, message)
    message = _BOUND.sub(_phrase_bound, message)
    message = _LENGTH.sub(_phrase_length, message)
    message = _MULTIPLE.sub(
        lambda match: f"Expected {_NOUNS[match['kind']]} that is a multiple of {match['step']}", message
    )
    message = _MISSING.sub(lambda match: f"This needs the field '{match['field']}'", message)
    for said, words in _PLAIN.items():
        message = message.replace(said, words)
    return _name_options(message, kind, path)


def phrase_error(error: msgspec.ValidationError, kind: Any = None) -> str:
    """The same of an error as it was raised, the place first: ``'replicas': Expected a whole number of at least 1``."""
    said, _, place = str(error).partition(" - at `$")
    path = place.rstrip("`").lstrip(".")
    told, shown = phrase_fault(said, kind, path), path.replace("[...]", "")
    return f"'{shown}': {told}" if shown else told


def list_options(kind: Any, path: str) -> Sequence[str]:
    """What may stand at a place of a type: the fields of an object or the choices of a value; empty for anything."""
    places: list[inspect.Type] = [inspect.type_info(kind)]
    for name in re.findall(r"[^.\[\]]+|\[[^\]]*\]", path):
        places = [inner for place in places for one in _unfold(place) for inner in _step(one, name)]
    return list(dict.fromkeys(option for place in places for one in _unfold(place) for option in _list_here(one)))


def _phrase_kinds(match: re.Match[str]) -> str:
    wanted = [word.strip() for word in match["wanted"].split("|")]
    named = [word for word in wanted if word != "null" and not (word == "int" and "float" in wanted)]
    words = " or ".join(_NOUNS.get(word, word) for word in named or wanted)
    if (words, match["got"]) == (_NOUNS["array"], "str"):
        words = f'{words} such as ["this"]'
    return f"Expected {words}, not {_FOUND.get(match['got'], match['got'])}"


def _phrase_bound(match: re.Match[str]) -> str:
    return f"Expected {_NOUNS[match['kind']]} {_BOUNDS[match['sign']]} {match['bound'].removesuffix('.0')}"


def _phrase_length(match: re.Match[str]) -> str:
    noun, part = _NOUNS.get(match["kind"], match["kind"]), _PARTS.get(match["kind"], "entry")
    sign, bound = match["sign"].strip(), int(match["bound"])
    if (sign, bound) == (">=", 1):
        return f"Expected {noun} that is not empty"
    got = f", not {match['got']}" if match["got"] else ""
    parts = part if bound == 1 else {"entry": "entries"}.get(part, f"{part}s")
    return f"Expected {noun} {_LENGTHS[sign]} {bound} {parts}{got}"


def _name_options(message: str, kind: Any, path: str) -> str:
    options = list_options(kind, path) if kind is not None else ()
    listed = f"; there {'is' if len(options) == 1 else 'are'} {', '.join(options)}" if options else ""
    message = _UNKNOWN.sub(lambda match: f"There is no field '{match['field']}' here{listed}", message)
    return _CHOICE.sub(lambda match: f"There is no choice {match['value']} here{listed}", message)


def _unfold(place: inspect.Type) -> Iterable[inspect.Type]:
    if isinstance(place, inspect.Metadata):
        yield from _unfold(place.type)
    elif isinstance(place, inspect.UnionType):
        for one in place.types:
            yield from _unfold(one)
    else:
        yield place


def _step(place: inspect.Type, name: str) -> Iterable[inspect.Type]:
    if isinstance(place, inspect.StructType):
        yield from (field.type for field in place.fields if field.encode_name == name)
    elif isinstance(place, inspect.ListType | inspect.VarTupleType):
        yield place.item_type
    elif isinstance(place, inspect.DictType):
        yield place.value_type


def _list_here(place: inspect.Type) -> Iterable[str]:
    if isinstance(place, inspect.StructType):
        yield from (field.encode_name for field in place.fields)
    elif isinstance(place, inspect.LiteralType):
        yield from (str(value) for value in place.values)
    elif isinstance(place, inspect.EnumType):
        yield from (str(member.value) for member in place.cls)
