"""YAML as JSON has it: no dates, no aliases. A module of its own, so that the library is loaded when a text comes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import yaml

from gonogo.settings.errors import BadDocument


class _Loader(yaml.CSafeLoader):
    """Safe YAML without dates: an unquoted 2026-01-31 is text, as it is in JSON."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, rule) for tag, rule in rules if tag != "tag:yaml.org,2002:timestamp"]
    for first, rules in yaml.CSafeLoader.yaml_implicit_resolvers.items()
}


def read_yaml(text: str) -> Any:
    """What the text holds. Raises ``BadDocument``, and ``ValueError`` or ``RecursionError`` for some odd numbers."""
    try:
        # A few lines of nested aliases would unfold into gigabytes.
        if any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(text, Loader=yaml.CSafeLoader)):
            raise BadDocument("YAML aliases are not accepted here; write the value out.", field="document")
        return yaml.load(text, Loader=_Loader)  # noqa: S506 - a safe loader, made above
    except yaml.YAMLError as error:
        raise BadDocument(f"The document is not valid YAML: {_tell_fault(error)}", field="document") from error


def _tell_fault(error: yaml.YAMLError) -> str:
    if not isinstance(error, yaml.MarkedYAMLError) or error.problem_mark is None:
        return str(error)
    mark = error.problem_mark
    return f"line {mark.line + 1}, column {mark.column + 1}: {error.problem}"


def write_yaml(document: Mapping[str, Any]) -> str:
    """The table as text, in its own order."""
    return yaml.dump(dict(document), Dumper=yaml.CSafeDumper, sort_keys=False, allow_unicode=True)
