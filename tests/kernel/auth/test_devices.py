"""The token of a known browser opens nothing; it names a browser, of one person, for a year."""

from __future__ import annotations

import pytest

from gonogo.kernel.auth.client import Client
from gonogo.kernel.auth.devices import LIFE, find_device, issue_device
from tests.fake_clock import FakeClock

KEY = "k" * 40


def test_it_is_known_again(clock: FakeClock) -> None:
    first, second = (issue_device("ann@x.test", KEY, clock.now()) for _ in range(2))
    known = find_device(first, "ann@x.test", KEY, clock.now())
    assert known
    assert known != find_device(second, "ann@x.test", KEY, clock.now())


def test_it_is_one_persons_and_runs_out(clock: FakeClock) -> None:
    token = issue_device("ann@x.test", KEY, clock.now())
    assert find_device(token, "bob@x.test", KEY, clock.now()) is None
    assert find_device(token, "ann@x.test", KEY + "x", clock.now()) is None
    assert find_device(token, "ann@x.test", KEY, clock.now() + LIFE) is None


@pytest.mark.parametrize("token", ["", "gnb_", "gnb_a.b.c", "gnb_x.99999999999.0", "é.9.é", "...."])
def test_what_is_none(clock: FakeClock, token: str) -> None:
    assert find_device(token, "ann@x.test", KEY, clock.now()) is None


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("", ""),
        ("a socket", "a socket"),
    ],
)
def test_an_address_counts_with_its_network(address: str, network: str) -> None:
    assert Client(address).network == network
