"""Lending curl a configuration that makes it tell the HTTP status, with the user's own settings kept in force."""

from __future__ import annotations

from pathlib import Path

from gonogo.releases.expectations.http import can_watch, compose_curlrc
from gonogo.releases.shell.private import write_private


def lend_curlrc(folder: Path, command: str) -> Path | None:
    """The folder to lend as CURL_HOME to this command, made in the run's folder; None when it runs no plain curl."""
    if not can_watch(command):
        return None
    home = folder / "curl"
    home.mkdir(mode=0o700, exist_ok=True)
    own = Path.home() / ".curlrc"
    text = own.read_text(encoding="utf-8", errors="surrogateescape") if own.is_file() else ""
    write_private(home / ".curlrc", compose_curlrc(text))
    return home
