"""Passwords and their hashes."""

from __future__ import annotations

import pytest

from gonogo.kernel.auth.errors import WeakPassword
from gonogo.kernel.auth.passwords import (
    MIN_LENGTH,
    check_password,
    generate_password,
    hash_password,
    verify_password,
)


def test_a_hash_is_argon2id_and_fits_its_password_alone() -> None:
    stored = hash_password("one long password")
    assert stored.startswith("$argon2id$")
    assert verify_password(stored, "one long password")
    assert not verify_password(stored, "one long passwore")


@pytest.mark.parametrize("stored", [None, "", "not a hash"])
def test_nobody_and_garbage_fit_no_password(stored: str | None) -> None:
    assert not verify_password(stored, "one long password")


def test_generated_passwords_are_long_and_differ() -> None:
    made = {generate_password() for _ in range(50)}
    assert len(made) == 50
    assert min(map(len, made)) >= MIN_LENGTH


@pytest.mark.parametrize(
    "password",
    [
        "password1234",
        "letmeinletmein",
        "qwertyuiop123456",
        "123456789012",
        "iloveyou1234",
        "p@ssw0rd1234",
        "monkeydragon12",
        "ann@example.test",
        "abababababab",
        "elevenchars",
    ],
)
def test_what_everybody_tries_is_refused(password: str) -> None:
    with pytest.raises(WeakPassword) as refused:
        check_password(password, "ann@example.test", "Ann")
    assert refused.value.field == "password"


@pytest.mark.parametrize(
    "password", ["correct horse battery staple", "velvet-tractor-41-moss", "wet umbrellas waltz " * 40]
)
def test_what_nobody_guesses_passes(password: str) -> None:
    check_password(password, "ann@example.test", "Ann")


def test_generated_passwords_pass() -> None:
    for _ in range(20):
        check_password(generate_password())
