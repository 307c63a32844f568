"""Addresses of static files, each with a short hash of its content, so a new version is never hidden by a cache."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent / "static"
TEMPLATES = Path(__file__).parent / "templates"


@cache
def asset(path: str) -> str:
    """The address of ``static/<path>``. Raises FileNotFoundError when there is no such file."""
    digest = hashlib.sha256((FOLDER / path).read_bytes()).hexdigest()
    return f"/static/{path}?v={digest[:8]}"
