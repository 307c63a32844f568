"""All rules in force: those of rooms, over them the operator's in ``gonogo.toml``, and those people added."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from gonogo.kernel.config import Config, ConfigError
from gonogo.kernel.durations import parse_duration
from gonogo.kernel.errors import Problem
from gonogo.observe.alerts.rule import Manners, Rule, RuleBody, RuleName, check_channels, compile_rule


def read_manners(config: Config) -> Manners:
    """The cooldown, reminder and group wait of rules that have none. Raises ``ConfigError``."""
    found = {}
    for name in ("cooldown", "reminder", "group_wait"):
        text = getattr(config, f"alert_{name}")
        try:
            found[f"{name}_s"] = max(0.0, parse_duration(text))
        except ValueError as error:
            raise ConfigError(f"'alert_{name}' can't be {text!r}: {error}") from error
    return Manners(**found)


def write_rulebook(
    defaults: Mapping[str, RuleBody],
    configured: Mapping[str, Any],
    stored: Mapping[str, RuleBody],
    manners: Manners,
) -> dict[str, Rule]:
    """Every rule by name. An entry of ``[alerts]`` changes what it names of a default; a stored rule replaces it.

    Raises ``ConfigError`` for an entry that can't be used.
    """
    rules = {name: compile_rule(name, body, "default", manners) for name, body in defaults.items()}
    rules |= {name: compile_rule(name, body, "stored", manners) for name, body in stored.items()}
    for name, entry in configured.items():
        rules[name] = _read_entry(name, entry, defaults.get(name), manners)
    return dict(sorted(rules.items()))


def _read_entry(name: str, entry: Any, default: RuleBody | None, manners: Manners) -> Rule:
    where = f"[alerts.{name}] of gonogo.toml"
    if not isinstance(entry, dict):
        raise ConfigError(f'{where} must be a table with an expression, such as expression = "host.cpu > 90% for 5m".')
    known = msgspec.structs.asdict(default) if default is not None else {}
    if "expression" in entry:
        known.pop("lasting", None)
    try:
        msgspec.convert(name, RuleName)
        body = msgspec.convert({**known, **entry}, RuleBody)
        check_channels(name, body)
        return compile_rule(name, body, "config", manners)
    except msgspec.ValidationError as error:
        raise ConfigError(f"{where} can't be used: {error}") from error
    except Problem as problem:
        raise ConfigError(f"{where}: {problem.detail}") from problem
