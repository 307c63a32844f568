"""Values as people type and read them, by the type of their setting."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

EXACT = 2.0**53
"""Up to here a float holds every whole number."""
_TRUE = frozenset({"true", "on", "yes", "1"})
_FALSE = frozenset({"false", "off", "no", "0"})


def parse_text(kind: str, text: str, choices: Sequence[Any] = ()) -> Any:
    """The value that ``text`` means for a setting of this type.

    Text that can mean none is given back as it is: the setting's own rule then says what is wrong with it.
    """
    word = text.strip()
    match kind:
        case "bool":
            return True if word.lower() in _TRUE else False if word.lower() in _FALSE else text
        case "int" | "float" | "json":
            return _parse_json(word, text)
        case "enum":
            return next((choice for choice in choices if str(choice) == word), text)
        case "string":
            return text
        case _:
            return word


def write_text(kind: str, value: Any) -> str:
    """A value as it is shown and typed: text without quotes, whole numbers without a point, the rest as JSON."""
    if isinstance(value, str) and kind != "json":
        return value
    if isinstance(value, float) and kind != "json" and value.is_integer() and abs(value) < EXACT:
        return str(int(value))
    return msgspec.json.encode(value).decode()


def write_long(kind: str, value: Any) -> str:
    """The same over several lines where the value has parts."""
    if kind == "json":
        return msgspec.json.format(msgspec.json.encode(value), indent=2).decode()
    return write_text(kind, value)


def _parse_json(word: str, text: str) -> Any:
    try:
        return msgspec.json.decode(word)
    except (msgspec.DecodeError, RecursionError):
        return text
