"""Where a command runs: here, here as another user, or on a host reached by a prefix such as ``ssh web1``."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from gonogo.kernel.config import ConfigError
from gonogo.kernel.run_as import CantRunAs, build_prefix, check_can_become, describe_account, find_account
from gonogo.releases.errors import HostNotFound, ShellNotFound

_BASH = ("--noprofile", "--norc")
_FOR_PREFIXES = ("PATH", "HOME", "USER", "LANG", "SSH_AUTH_SOCK", "DOCKER_HOST", "DOCKER_CONFIG", "KUBECONFIG")
_KEYS = ("command",)
_EXAMPLE = 'command = ["ssh", "web1"]'


class Hosts:
    """The ``[hosts.NAME]`` tables of gonogo.toml: name → argv prefix. ``run_as`` is the user of commands run here."""

    def __init__(self, prefixes: Mapping[str, Sequence[str]], run_as: str | None = None) -> None:
        self._prefixes = {name: tuple(prefix) for name, prefix in prefixes.items()}
        self._run_as = run_as

    @property
    def names(self) -> tuple[str, ...]:
        """Every host that a table defines."""
        return tuple(self._prefixes)

    def check_known(self, name: str | None) -> None:
        """Raises HostNotFound for a name that no table defines."""
        if name is not None and name not in self._prefixes:
            raise HostNotFound(name, sorted(self._prefixes))

    def shares_files(self, name: str | None) -> bool:
        """Whether a shell there can read and write the files of the run."""
        return name is None and self._run_as is None

    def build_argv(self, name: str | None) -> tuple[str, ...]:
        """The argv that starts a shell there."""
        if name is None:
            return (*self._build_switch(), _find_bash(), *_BASH)
        self.check_known(name)
        return (*self._prefixes[name], "bash", *_BASH)

    def build_environment(self, name: str | None) -> dict[str, str]:
        """Nothing here, where the saved state has it all; what ssh and docker need for a host."""
        if self.shares_files(name):
            return {}
        return {key: os.environ[key] for key in _FOR_PREFIXES if key in os.environ}

    def describe_user(self) -> dict[str, str]:
        """The variables that say who runs the commands here; empty when it is whoever runs Gonogo."""
        if self._run_as is None:
            return {}
        return describe_account(find_account(self._run_as))

    def _build_switch(self) -> tuple[str, ...]:
        return () if self._run_as is None else build_prefix(find_account(self._run_as))


def read_host_tables(tables: Mapping[str, Any], run_as: str = "") -> Hosts:
    """The hosts of gonogo.toml. Raises ConfigError: a host with a mistake must not fall back to this machine."""
    if run_as:
        _check_user(run_as)
    return Hosts({name: _read_command(name, table) for name, table in tables.items()}, run_as or None)


def _read_command(name: str, table: Any) -> tuple[str, ...]:
    where = f"[hosts.{name}]"
    if not isinstance(table, dict):
        raise ConfigError(f"{where} must be a table with {_EXAMPLE}.")
    unknown = [key for key in table if key not in _KEYS]
    if unknown:
        raise ConfigError(f"{where} has no '{unknown[0]}'; it takes: {', '.join(_KEYS)}.")
    if "command" not in table:
        raise ConfigError(f"{where} needs 'command', what to put before a shell to run it there: {_EXAMPLE}.")
    words = table["command"]
    if not isinstance(words, list) or not words or not all(isinstance(word, str) and word for word in words):
        raise ConfigError(f"{where}: 'command' is a list of words that are not empty: {_EXAMPLE}.")
    return tuple(words)


def _check_user(name: str) -> None:
    try:
        check_can_become(name, sudo=True)
    except CantRunAs as error:
        raise ConfigError(f"'releases_run_as': {error}.") from error


@cache
def _find_bash() -> str:
    path = shutil.which("bash")
    if path is None:
        raise ShellNotFound()
    return path
