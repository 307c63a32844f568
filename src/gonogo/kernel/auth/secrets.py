"""Opaque tokens and the key files of the data folder."""

from __future__ import annotations

import hashlib
import os
import secrets
from pathlib import Path


def generate_token(prefix: str) -> str:
    """A token of 256 bits, recognisable by its prefix (secret scanners look for that)."""
    return f"{prefix}_{secrets.token_urlsafe(32)}"


def hash_token(token: str) -> str:
    """SHA-256 of the token: enough for 256 random bits, and quick to look up."""
    return hashlib.sha256(token.encode()).hexdigest()


def load_secret(path: Path) -> str:
    """The secret kept at ``path``, made on first use. The file is never readable by others."""
    try:
        return path.read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        secret = secrets.token_urlsafe(48)
        write_secret(path, secret)
        return secret


def write_secret(path: Path, secret: str) -> None:
    """Write ``secret`` to a file of mode 0600, whole or not at all."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(secret + "\n")
    temporary.replace(path)
