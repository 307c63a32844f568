"""JSON, TOML and YAML documents, read without surprises and written so that they read back the same."""

from __future__ import annotations

import tomllib
from collections.abc import Container, Iterator, Mapping
from pathlib import PurePath
from typing import Any, Literal, get_args

import msgspec
import tomli_w

from gonogo.settings.errors import BadDocument

Format = Literal["json", "toml", "yaml"]
FORMATS: tuple[Format, ...] = get_args(Format)
MEDIA_TYPES: Mapping[Format, str] = {"json": "application/json", "toml": "application/toml", "yaml": "application/yaml"}
_SUFFIXES: Mapping[str, Format] = {".json": "json", ".toml": "toml", ".yaml": "yaml", ".yml": "yaml"}


def find_format(name: str) -> Format | None:
    """The format that a file's name ends with, or a media type names; None for others."""
    subtype = name.partition(";")[0].strip().rpartition("/")[2].removeprefix("x-")
    return _SUFFIXES.get(PurePath(name).suffix.lower()) or next((one for one in FORMATS if one == subtype), None)


def read_document(text: str, format: Format) -> dict[str, Any]:
    """The table that ``text`` holds. Raises ``BadDocument`` with the place of the fault."""
    try:
        document = _decode(text, format)
    except (msgspec.DecodeError, tomllib.TOMLDecodeError) as error:
        told = str(error).removeprefix("JSON is malformed: ")
        raise BadDocument(f"The document is not valid {format.upper()}: {told}", field="document") from error
    except (RecursionError, ValueError) as error:
        raise BadDocument(f"The document can't be read as {format.upper()}: {error}", field="document") from error
    if not isinstance(document, dict) or not all(isinstance(key, str) for key in document):
        raise BadDocument(
            'The document must be a table with setting keys as names, such as {"physics.gravity": 0.1}.',
            field="document",
        )
    return document


def flatten_document(document: Mapping[str, Any], known: Container[str], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Keys and values of a document; tables within tables, as people write TOML and YAML, are dotted keys.

    A table that is the value of a ``known`` key stays whole.
    """
    for name, value in document.items():
        key = f"{prefix}{name}"
        if isinstance(value, dict) and value and key not in known:
            yield from flatten_document(value, known, f"{key}.")
        else:
            yield key, value


def write_document(document: Mapping[str, Any], format: Format) -> str:
    """The text of a table; ``read_document`` gives the same table back. TOML has no null."""
    if format == "json":
        return msgspec.json.format(msgspec.json.encode(document), indent=2).decode() + "\n"
    if format == "toml":
        return tomli_w.dumps(document)
    from gonogo.settings.yaml_text import write_yaml

    return write_yaml(document)


def _decode(text: str, format: Format) -> Any:
    if format == "json":
        return msgspec.json.decode(text)
    if format == "toml":
        return tomllib.loads(text)
    from gonogo.settings.yaml_text import read_yaml

    return read_yaml(text)
