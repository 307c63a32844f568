"""What a worker can do. A connector does the jobs of some types; others' packages bring theirs by entry points."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from importlib.metadata import entry_points
from pkgutil import resolve_name
from typing import cast

from gonogo.jobs.connectors.connector import Connector, ConnectorNotFound

Opener = Callable[[Mapping[str, str]], Connector]
GROUP = "gonogo.connectors"
BUILT_IN: Mapping[str, str] = {
    "python": "gonogo.jobs.connectors.python:open_connector",
    "shell": "gonogo.jobs.connectors.shell:open_connector",
    "http": "gonogo.jobs.connectors.http:open_connector",
    "ollama": "gonogo.jobs.connectors.ollama:open_connector",
    "comfyui": "gonogo.jobs.connectors.comfyui.connector:open_connector",
}
"""Loaded when named, not before: some need libraries that a worker without them should not carry."""


def open_connectors(names: Sequence[str], options: Mapping[str, str]) -> list[Connector]:
    """The connectors of these names; ``options`` are the worker's, such as ``modules``.

    Raises ``ConnectorNotFound``.
    """
    return [_find_opener(name)(options) for name in dict.fromkeys(names)]


def list_connectors() -> list[str]:
    """Every name there is."""
    return sorted({*BUILT_IN, *(point.name for point in entry_points(group=GROUP))})


def _find_opener(name: str) -> Opener:
    if name in BUILT_IN:
        return cast(Opener, resolve_name(BUILT_IN[name]))
    for point in entry_points(group=GROUP, name=name):
        return cast(Opener, point.load())
    raise ConnectorNotFound(f"There is no connector '{name}'. There are {', '.join(list_connectors())}.")
