"""Where a command runs: this machine, or a host reached by a prefix such as ``ssh web1``."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping, Sequence
from functools import cache

from gonogo.releases.errors import HostNotFound, ShellNotFound

_BASH = ("--noprofile", "--norc")
_FOR_PREFIXES = ("PATH", "HOME", "USER", "LANG", "SSH_AUTH_SOCK", "DOCKER_HOST", "KUBECONFIG")


class Hosts:
    """The ``[hosts.NAME]`` tables of gonogo.toml: name → argv prefix."""

    def __init__(self, prefixes: Mapping[str, Sequence[str]]) -> None:
        self._prefixes = {name: tuple(prefix) for name, prefix in prefixes.items()}

    def check_known(self, name: str | None) -> None:
        """Raises HostNotFound for a name that no table defines."""
        if name is not None and name not in self._prefixes:
            raise HostNotFound(name, sorted(self._prefixes))

    def build_argv(self, name: str | None) -> tuple[str, ...]:
        """The argv that starts a shell there."""
        if name is None:
            return (_find_bash(), *_BASH)
        self.check_known(name)
        return (*self._prefixes[name], "bash", *_BASH)

    def build_environment(self, name: str | None) -> dict[str, str]:
        """Nothing here, where the saved state has it all; what ssh and docker need for a host."""
        if name is None:
            return {}
        return {key: os.environ[key] for key in _FOR_PREFIXES if key in os.environ}


@cache
def _find_bash() -> str:
    path = shutil.which("bash")
    if path is None:
        raise ShellNotFound()
    return path
