"""``.env`` files: one reading of them, for the check before a release and for the service that starts with one."""

from __future__ import annotations

from io import StringIO

from dotenv import dotenv_values


def parse_env_file(text: str) -> dict[str, str]:
    """The variables of a ``.env`` file, as python-dotenv reads it; a name without a value is left out.

    ``${NAME}`` stays as it is written: what it would stand for depends on who reads the file, and where.
    """
    found = dotenv_values(stream=StringIO(text), interpolate=False)
    return {name: value for name, value in found.items() if value is not None}
