"""Asking real servers: what came, how long it took, and what the certificate says."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from gonogo.observe.checks.asking import ask_address
from gonogo.observe.checks.judging import list_faults
from tests.observe.checks.stage import make_certificate, make_check, open_shop, serve_tls


def now() -> datetime:
    return datetime.now(UTC)


async def test_a_good_answer_has_no_faults() -> None:
    async with open_shop() as shop:
        check = make_check(shop.url, status=(200,), json={"status": "ok"}, matches=r"stock.*2")
        answer = await ask_address(check, now())
    assert (answer.status, answer.problem, answer.tls_days) == (200, "", None)
    assert answer.seconds > 0
    assert list_faults(check, answer) == []


async def test_method_headers_and_body_are_sent() -> None:
    async with open_shop() as shop:
        await ask_address(make_check(shop.url, method="POST", headers={"X-Shop": "ferry"}, body="hello"), now())
    assert shop.asked[0].startswith("POST /health HTTP/1.1\r\n")
    assert "X-Shop: ferry\r\n" in shop.asked[0]
    assert shop.bodies == [b"hello"]


async def test_redirects_are_told_and_not_followed() -> None:
    async with open_shop() as shop:
        shop.status = "302 Found\r\nLocation: http://127.0.0.1:1/"
        check = make_check(shop.url)
        assert list_faults(check, await ask_address(check, now())) == ["status 302, expected 2xx"]


async def test_a_server_that_does_not_answer_in_time_is_told() -> None:
    async with open_shop() as shop:
        shop.is_mute = True
        check = make_check(shop.url, timeout="200ms")
        answer = await ask_address(check, now())
    assert (answer.status, answer.problem) == (None, "no answer within 200ms")


async def test_nobody_at_home_is_told() -> None:
    check = make_check("http://127.0.0.1:1/")
    [fault] = list_faults(check, await ask_address(check, now()))
    assert "127.0.0.1:1" in fault


async def test_a_trusted_certificate_is_counted_in_days(tmp_path: Path) -> None:
    pem = make_certificate(tmp_path, days=20)
    async with open_shop(serve_tls(pem)) as shop:
        check = make_check(shop.url, ca=str(pem), tls_days=14)
        answer = await ask_address(check, now())
        assert list_faults(check, answer) == []
        sooner = make_check(shop.url, ca=str(pem), tls_days=30)
        [fault] = list_faults(sooner, answer)
    assert answer.tls_days == pytest.approx(20, abs=0.01)
    assert fault.startswith("the certificate runs out in ")
    assert fault.endswith("expected at least 30")


async def test_a_stranger_s_certificate_is_no_answer_and_its_days_are_known(tmp_path: Path) -> None:
    async with open_shop(serve_tls(make_certificate(tmp_path, days=20))) as shop:
        answer = await ask_address(make_check(shop.url), now())
    assert answer.status is None
    assert "certificate verify failed" in answer.problem.lower()
    assert answer.tls_days == pytest.approx(20, abs=0.01)


async def test_a_certificate_that_ran_out_says_since_when(tmp_path: Path) -> None:
    pem = make_certificate(tmp_path, days=-2)
    async with open_shop(serve_tls(pem)) as shop:
        check = make_check(shop.url, ca=str(pem), tls_days=14)
        faults = list_faults(check, await ask_address(check, now()))
    assert faults[-1] == "the certificate ran out 2.0 days ago"
    assert len(faults) == 2
