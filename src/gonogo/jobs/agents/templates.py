"""What agents are made from: built in, and the tables ``[jobs.agents.NAME]`` of gonogo.toml."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from gonogo.jobs.agent_errors import BadAgent
from gonogo.jobs.agent_schemas import Template
from gonogo.jobs.connectors import list_connectors
from gonogo.kernel.config import ConfigError

BUILT_IN: Mapping[str, Template] = {
    "shell": Template(summary="Runs commands on this machine.", connectors=("shell",)),
    "http": Template(summary="Sends HTTP requests.", connectors=("http",), concurrency=8),
    "python": Template(summary="Calls @job functions of Python modules.", connectors=("python",)),
    "ollama": Template(
        summary="Chats and writes with the models of an Ollama server.", connectors=("ollama",), concurrency=1
    ),
    "comfyui": Template(summary="Renders graphs on a ComfyUI server.", connectors=("comfyui",), concurrency=1),
}


def read_templates(tables: Mapping[str, Any]) -> dict[str, Template]:
    """Every template by name; a table of the same name takes a built-in one's place. Raises ``ConfigError``."""
    found = dict(BUILT_IN)
    agents = tables.get("jobs", {}).get("agents", {})
    if not isinstance(agents, dict):
        raise ConfigError("'agents' in [jobs] holds tables: write one as [jobs.agents.NAME].")
    for name, table in agents.items():
        found[name] = _read_template(name, table)
    return found


def _read_template(name: str, table: Any) -> Template:
    try:
        template = msgspec.convert(table, Template)
    except msgspec.ValidationError as error:
        raise ConfigError(f"[jobs.agents.{name}] can't be used: {error}") from error
    there_are = list_connectors()
    for connector in template.connectors:
        if connector not in there_are:
            raise ConfigError(
                f"[jobs.agents.{name}] 'connectors': there is no '{connector}'. There are {', '.join(there_are)}."
            )
    return template


def get_template(templates: Mapping[str, Template], name: str) -> Template:
    """One template. Raises ``BadAgent``."""
    if name not in templates:
        raise BadAgent(f"There is no template '{name}'. There are {', '.join(sorted(templates))}.", field="template")
    return templates[name]
