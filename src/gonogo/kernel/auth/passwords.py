"""Passwords: argon2id with the library's current defaults."""

from __future__ import annotations

import secrets
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

MIN_LENGTH = 12
_hasher = PasswordHasher()


def hash_password(password: str) -> str:
    """The argon2id hash to store."""
    return _hasher.hash(password)


def verify_password(stored: str | None, password: str) -> bool:
    """Whether ``password`` is the one behind ``stored``.

    None (no such person) takes as long as a wrong password, so that timing tells nobody who exists.
    """
    try:
        return _hasher.verify(stored or _hash_nobody(), password) and stored is not None
    except (VerificationError, InvalidHashError):
        return False


@cache
def _hash_nobody() -> str:
    # At first use: hashing takes a tenth of a second that a command which never signs anybody in should not pay.
    return _hasher.hash(secrets.token_hex())


def generate_password() -> str:
    """A password of 120 bits that can be typed."""
    return secrets.token_urlsafe(15)
