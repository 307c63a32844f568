"""Passwords: argon2id with the library's current defaults."""

from __future__ import annotations

import secrets
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from gonogo.kernel.auth.errors import WeakPassword

MIN_LENGTH = 12
MIN_VARIETY = 5
LONGEST_JUDGED = 72
LEAST_SCORE = 2
"""Of 0 to 4: a million guesses, which is more than the throttle allows in a lifetime."""
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


def check_password(password: str, *about: str) -> None:
    """Raise ``WeakPassword`` for one that is short or that everybody tries; ``about`` are the person's own words.

    It estimates how many guesses the password takes (zxcvbn): call it on another thread than the event loop's.
    """
    if len(password) < MIN_LENGTH:
        raise WeakPassword(f"'password' must have at least {MIN_LENGTH} characters.", field="password")
    if len(set(password)) < MIN_VARIETY:
        raise WeakPassword(f"'password' must have at least {MIN_VARIETY} different characters.", field="password")
    if _is_guessed_soon(password, about):
        raise WeakPassword(
            "'password' is one that is guessed soon: common words, names, rows of keys. Use several words that do not "
            "belong together, or one that a password manager makes.",
            field="password",
        )


def _is_guessed_soon(password: str, about: tuple[str, ...]) -> bool:
    # A third of a second to load, for those who set passwords.
    from zxcvbn import zxcvbn

    own = [word for text in about for word in (text, *text.replace("@", " ").replace(".", " ").split()) if word]
    return int(zxcvbn(password[:LONGEST_JUDGED], user_inputs=own)["score"]) < LEAST_SCORE
