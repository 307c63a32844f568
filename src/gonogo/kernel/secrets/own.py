"""Gonogo's own secrets, kept from the processes that it starts."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping

from gonogo.kernel.config import SHARED_VARIABLES, list_secrets
from gonogo.kernel.environment import cover_variables, forbid_dumps, take_variables
from gonogo.kernel.secrets.masking import find_secrets, is_secret_name

_OWN = "GONOGO_"


def hide_own_secrets() -> None:
    """Keep the secrets of the configuration from every child of this process, and from whoever looks into ``/proc``.

    They are no longer in the environment; ``load_config`` still knows them. A key or address of another Gonogo, which
    commands look for in the environment, stays there but isn't shown by the kernel. Call it once the configuration
    has been read.
    """
    take_variables(list_secret_variables())
    cover_variables(_find_secret_names(os.environ))
    forbid_dumps()


def list_secret_variables() -> list[str]:
    """The variables of the options that hold secrets."""
    names = [f"{_OWN}{name.upper()}" for name in list_secrets()]
    return [*names, *(SHARED_VARIABLES[name] for name in list_secrets() if name in SHARED_VARIABLES)]


def build_child_environment(environ: Mapping[str, str] | None = None) -> dict[str, str]:
    """What a program that Gonogo starts for somebody inherits: nothing of Gonogo's own, keys among it."""
    environ = os.environ if environ is None else environ
    hidden = set(list_secret_variables())
    return {name: value for name, value in environ.items() if not name.startswith(_OWN) and name not in hidden}


def _find_secret_names(environ: Mapping[str, str]) -> Iterator[str]:
    for name, value in environ.items():
        if name.startswith(_OWN) and (is_secret_name(name) or find_secrets({name: value})):
            yield name
