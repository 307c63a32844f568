"""Passwords and the pause after wrong ones."""

from __future__ import annotations

import pytest

from gonogo.kernel.auth.errors import SignInThrottled
from gonogo.kernel.auth.passwords import MIN_LENGTH, generate_password, hash_password, verify_password
from gonogo.kernel.auth.throttle import PAUSE_S, REMEMBERED, TRIES, Throttle
from tests.fake_clock import FakeClock


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


def test_a_name_pauses_after_its_tries_and_is_free_again_later(clock: FakeClock) -> None:
    throttle = Throttle(clock)
    for _ in range(TRIES):
        throttle.check("ann")
        throttle.count_failure("ann")
    with pytest.raises(SignInThrottled) as refused:
        throttle.check("ann")
    assert refused.value.headers == {"Retry-After": str(round(PAUSE_S))}
    throttle.check("bob")
    clock.advance(PAUSE_S)
    throttle.check("ann")


def test_signing_in_forgets_the_wrong_tries(clock: FakeClock) -> None:
    throttle = Throttle(clock)
    for _ in range(TRIES - 1):
        throttle.count_failure("ann")
    throttle.forget("ann")
    for _ in range(TRIES - 1):
        throttle.count_failure("ann")
    throttle.check("ann")


def test_the_throttle_remembers_so_many_names_and_no_more(clock: FakeClock) -> None:
    throttle = Throttle(clock)
    for _ in range(TRIES):
        throttle.count_failure("first")
    for number in range(REMEMBERED):
        throttle.count_failure(str(number))
    throttle.check("first")
    assert len(throttle._tries) == REMEMBERED
