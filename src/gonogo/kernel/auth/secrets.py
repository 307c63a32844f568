"""Opaque tokens and the key files of the data folder."""

from __future__ import annotations

import hashlib
import os
import secrets
import tempfile
from pathlib import Path

from gonogo.kernel.config import ConfigError

SHORTEST = 32


def generate_token(prefix: str) -> str:
    """A token of 256 bits, recognisable by its prefix (secret scanners look for that)."""
    return f"{prefix}_{secrets.token_urlsafe(32)}"


def hash_token(token: str) -> str:
    """SHA-256 of the token: enough for 256 random bits, and quick to look up."""
    return hashlib.sha256(token.encode()).hexdigest()


def load_secret(path: Path) -> str:
    """The secret kept at ``path``, made on first use. The file is made for its owner's eyes only.

    Raises ``ConfigError`` when the file was cut short: an empty secret would let everybody in.
    """
    try:
        secret = path.read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        secret = secrets.token_urlsafe(48)
        write_secret(path, secret)
        return secret
    if len(secret) < SHORTEST:
        raise ConfigError(f"{path} holds no whole secret. Restore it, or delete it to have a new one made.")
    return secret


def write_secret(path: Path, secret: str) -> None:
    """Write ``secret`` to a file of mode 0600, whole or not at all."""
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(secret + "\n")
        file.flush()
        os.fsync(descriptor)
    Path(temporary).replace(path)
