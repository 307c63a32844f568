"""``gonogo version``."""

from __future__ import annotations

from gonogo import __version__
from gonogo.cli.output import say


def version() -> None:
    """Print the version of Gonogo."""
    say(f"gonogo {__version__}")
