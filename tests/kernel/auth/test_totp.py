"""One-time passwords as RFC 6238 has them, and each of them once."""

from __future__ import annotations

import base64
from datetime import UTC, datetime

import pytest

from gonogo.kernel.auth.totp import STEP_S, find_step, generate_secret, make_code, make_uri

SECRET = base64.b32encode(b"12345678901234567890").decode()


@pytest.mark.parametrize(
    ("second", "code"),
    [(59, "287082"), (1111111109, "081804"), (1111111111, "050471"), (1234567890, "005924"), (20000000000, "353130")],
)
def test_the_codes_of_the_standard(second: int, code: str) -> None:
    assert make_code(SECRET, second // STEP_S) == code
    assert find_step(SECRET, code, datetime.fromtimestamp(second, UTC), 0) == second // STEP_S


@pytest.mark.parametrize(("drift", "found"), [(-60, False), (-30, True), (0, True), (30, True), (60, False)])
def test_a_phones_clock_may_differ_by_half_a_minute(drift: int, found: bool) -> None:
    code = make_code(SECRET, 1000)
    now = datetime.fromtimestamp(1000 * STEP_S + drift, UTC)
    assert (find_step(SECRET, code, now, 0) is not None) is found


def test_a_code_works_once() -> None:
    now = datetime.fromtimestamp(1000 * STEP_S, UTC)
    step = find_step(SECRET, make_code(SECRET, 1000), now, 0)
    assert step == 1000
    assert find_step(SECRET, make_code(SECRET, 1000), now, step) is None
    assert find_step(SECRET, make_code(SECRET, 999), now, step) is None
    assert find_step(SECRET, make_code(SECRET, 1001), now, step) == 1001


@pytest.mark.parametrize("code", ["", "12345", "1234567", "abcdef", "é", "０" * 6])
def test_what_is_no_code(code: str) -> None:
    assert find_step(SECRET, code, datetime.fromtimestamp(1000 * STEP_S, UTC), 0) is None


def test_codes_may_be_typed_in_groups() -> None:
    code = make_code(SECRET, 1000)
    assert find_step(SECRET, f" {code[:3]} {code[3:]}", datetime.fromtimestamp(1000 * STEP_S, UTC), 0) == 1000


def test_secrets_are_long_and_the_address_names_whose_they_are() -> None:
    assert len(base64.b32decode(generate_secret())) == 20
    assert generate_secret() != generate_secret()
    assert make_uri("ABC", "ann@x.test", "Gonogo prod") == (
        "otpauth://totp/Gonogo%20prod:ann%40x.test?secret=ABC&issuer=Gonogo%20prod"
    )
