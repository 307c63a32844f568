"""Options that several commands share."""

from __future__ import annotations

from typing import Annotated

from cyclopts import Parameter

from gonogo.cli.exits import CannotRun

AsJson = Annotated[bool, Parameter(name="--json", help="Print JSON instead of text.")]
RunName = Annotated[str, Parameter(help="A run's id, or its end; 'last' for the newest.")]
Variables = Annotated[
    tuple[str, ...], Parameter(name="--var", help="K=V: a shell variable of the run; may be repeated.")
]


def read_variables(texts: tuple[str, ...]) -> dict[str, str]:
    """The variables in ``--var`` options. Raises ``CannotRun``."""
    found = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals or not name.isidentifier():
            raise CannotRun(f"--var: '{text}' must look like NAME=VALUE, the name in letters, digits and _.")
        found[name] = value
    return found
