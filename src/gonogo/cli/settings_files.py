"""Catalogs and values in files: reading them, and saying whether they fit, without a server where that is possible."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from gonogo.cli.exits import CannotRun
from gonogo.kernel.errors import Problem
from gonogo.settings.catalog import Catalog, make_catalog
from gonogo.settings.commands.catalog import judge_preset
from gonogo.settings.definition import Definition
from gonogo.settings.errors import BadValue
from gonogo.settings.formats import FORMATS, Format, find_format, flatten_document, read_document
from gonogo.settings.validation import check_value

CATALOG_TABLES = frozenset({"settings", "presets"})


class File(NamedTuple):
    """A file as it was read: ``document`` is what it holds."""

    name: str
    text: str
    format: Format
    document: dict[str, Any]

    @property
    def is_catalog(self) -> bool:
        """Whether it declares settings or presets, and does not hold values by key."""
        return bool(self.document) and self.document.keys() <= CATALOG_TABLES


def read_file(path: Path, format: Format | None = None) -> File:
    """A JSON, TOML or YAML file; ``-`` is standard input. Raises ``CannotRun``."""
    if str(path) != "-" and not path.exists():
        raise CannotRun(f"There is no file {path} here ({Path.cwd()}).")
    chosen = format or find_format(path.name)
    if chosen is None:
        raise CannotRun(f"{path} does not say its format. Add --format {', '.join(FORMATS)}.")
    try:
        text = sys.stdin.read() if str(path) == "-" else path.read_text(encoding="utf-8")
        return File(str(path), text, chosen, read_document(text, chosen))
    except UnicodeDecodeError as error:
        raise CannotRun(f"{path} is not UTF-8 text.") from error
    except OSError as error:
        raise CannotRun(f"{path} can't be read: {error}.") from error
    except Problem as problem:
        raise CannotRun(f"{path}: {problem.detail}") from problem


def find_faults(files: Sequence[File]) -> dict[str, list[str]]:
    """By file, what does not fit: catalogs by themselves, presets and values by the catalogs among the files."""
    faults: dict[str, list[str]] = {file.name: [] for file in files}
    catalogs: list[tuple[str, Catalog]] = []
    for file in files:
        if file.is_catalog:
            try:
                catalogs.append((file.name, make_catalog(file.document)))
            except Problem as problem:
                faults[file.name].append(problem.detail)
    definitions = {one.key: one for _, catalog in catalogs for one in catalog.settings}
    for name, catalog in catalogs:
        faults[name] += [told for preset in catalog.presets for told in judge_preset(preset, definitions)]
    for file in files:
        if not file.is_catalog:
            faults[file.name] += _judge_values(file.document, definitions)
    return faults


def count_entries(file: File) -> str:
    """What a file holds, in words."""
    if not file.is_catalog:
        return f"{len(file.document)} values"
    return ", ".join(f"{len(table)} {name}" for name, table in file.document.items())


def _judge_values(document: Mapping[str, Any], definitions: Mapping[str, Definition]) -> Iterator[str]:
    for key, value in flatten_document(document, definitions):
        if key not in definitions:
            yield f"No catalog among these files declares '{key}'."
            continue
        try:
            check_value(definitions[key], value)
        except BadValue as error:
            yield error.detail
