"""One's own account over HTTP: sessions, two factors, and the page of both."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator

import httpx
import msgspec
import pytest

from gonogo.kernel.auth.totp import STEP_S, make_code
from gonogo.kernel.config import Config
from tests.conftest import run_server
from tests.fake_clock import FakeClock
from tests.people import PASSWORD, Server

SAME = {"Sec-Fetch-Site": "same-origin", "User-Agent": "Firefox"}
FORM = {"email": "viewer@example.test", "password": PASSWORD}


@pytest.fixture
async def browser(server: Server) -> AsyncIterator[httpx.AsyncClient]:
    """A viewer's browser, signed in."""
    async with httpx.AsyncClient(base_url=server.url, headers=SAME) as browser:
        await browser.post("/sign-in", data=FORM)
        yield browser


def read_app(secret: str, clock: FakeClock) -> str:
    return make_code(secret, int(clock.now().timestamp()) // STEP_S)


async def test_setting_up_two_factors_on_the_page(server: Server, browser: httpx.AsyncClient, clock: FakeClock) -> None:
    started = await browser.post("/account/two-factor/start")
    assert 'src="data:image/svg+xml' in started.text
    secret = re.search(r'id="totp-secret">([A-Z2-7]+)<', started.text)[1]  # type: ignore[index]
    wrong = await browser.post("/account/two-factor/confirm", data={"code": "000000"})
    assert (wrong.status_code, "The code is wrong" in wrong.text) == (422, True)
    confirmed = await browser.post("/account/two-factor/confirm", data={"code": read_app(secret, clock)})
    codes = re.findall(r'<code class="secret">([a-z2-9-]{19})</code>', confirmed.text)
    assert len(codes) == 10
    assert codes[0] not in (await browser.get("/account")).text
    clock.advance(STEP_S)
    await check_second_step(server, read_app(secret, clock))
    await check_api(server, codes[0])
    off = await browser.post("/account/two-factor/change", data={"code": codes[1], "do": "off"})
    assert "Two-factor sign-in is off." in off.text


async def check_second_step(server: Server, code: str) -> None:
    async with httpx.AsyncClient(base_url=server.url, headers=SAME) as browser:
        asked = await browser.post("/sign-in", data=FORM | {"next": "/audit"})
        assert asked.status_code == 200
        assert "gonogo_session" not in browser.cookies
        ticket = re.search(r'name="ticket" value="([^"]+)"', asked.text)[1]  # type: ignore[index]
        step = {"ticket": ticket, "next": "/audit"}
        wrong = await browser.post("/sign-in/code", data=step | {"code": "000000"})
        assert (wrong.status_code, "The code is wrong" in wrong.text) == (401, True)
        entered = await browser.post("/sign-in/code", data=step | {"code": code})
        assert (entered.status_code, entered.headers["location"]) == (303, "/audit")
        assert (await browser.get("/api/v1/auth/me")).status_code == 200


async def check_api(server: Server, code: str) -> None:
    asked = await server.stranger.post("/api/v1/auth/login", json=FORM)
    assert (asked.status_code, asked.json()["type"]) == (401, "/problems/two-factor-required")
    assert asked.json()["field"] == "code"
    entered = await server.stranger.post("/api/v1/auth/login", json=FORM | {"code": code})
    assert entered.json()["data"]["access_token"]


async def test_two_factors_over_the_api(server: Server, clock: FakeClock) -> None:
    path = "/api/account/two-factor"
    started = (await server.operator.post(f"{path}/start")).json()["data"]
    assert started["uri"].startswith("otpauth://totp/")
    confirmed = await server.operator.post(f"{path}/confirm", json={"code": read_app(started["secret"], clock)})
    assert len(confirmed.json()["data"]["recovery_codes"]) == 10
    state = (await server.operator.get(path)).json()["data"]
    assert (state["on"], state["recovery_codes_left"]) == (True, 10)
    assert (await server.operator.post(f"{path}/off", json={"code": "1"})).json()["type"] == "/problems/wrong-code"
    me = (await server.operator.get("/api/v1/auth/me")).json()["data"]["id"]
    assert (await server.viewer.delete(f"/api/people/{me}/two-factor")).status_code == 403
    assert (await server.admin.delete(f"/api/people/{me}/two-factor")).status_code == 200
    assert not (await server.operator.get(path)).json()["data"]["on"]


async def test_sessions_on_the_page(server: Server, browser: httpx.AsyncClient) -> None:
    await server.stranger.post("/sign-in", data=FORM)
    page = (await browser.get("/account")).text
    assert "this one" in page
    assert page.count('/end"') == 3  # this browser, the other, and the test's own tokens
    await browser.post("/account/sessions/end-others")
    assert (await browser.get("/account")).text.count('/end"') == 1
    assert (await server.viewer.get("/api/v1/auth/me")).status_code == 401


async def test_sessions_over_the_api(server: Server, browser: httpx.AsyncClient) -> None:
    listed = (await server.viewer.get("/api/sessions")).json()["data"]
    assert [session["current"] for session in listed] == [False, True]
    assert listed[0]["device"] == "Firefox"
    assert listed[0]["address"] == "127.0.0.1"
    assert (await server.viewer.get("/api/sessions?person=admin@example.test")).status_code == 403
    assert (await server.viewer.delete(f"/api/sessions/{listed[0]['id']}")).status_code == 200
    assert (await browser.get("/api/v1/auth/me")).status_code == 401
    assert (await server.viewer.delete(f"/api/sessions/{listed[0]['id']}")).status_code == 404
    theirs = (await server.admin.get("/api/sessions", params={"person": "viewer@example.test"})).json()["data"]
    assert [session["id"] for session in theirs] == [listed[1]["id"]]
    ended = await server.admin.delete("/api/sessions", params={"person": "viewer@example.test"})
    assert ended.json()["data"] == {"ended": 1}
    assert (await server.viewer.get("/api/v1/auth/me")).status_code == 401


async def test_a_new_password_on_the_page_takes_the_old_one(browser: httpx.AsyncClient) -> None:
    new = {"password": "fresh paint on old bricks"}
    refused = await browser.post("/account/password", data=new | {"old_password": "wrong"})
    assert (refused.status_code, "not your current password" in refused.text) == (422, True)
    changed = await browser.post("/account/password", data=new | {"old_password": PASSWORD})
    assert (changed.status_code, changed.headers["location"]) == (303, "/sign-in")
    assert (await browser.get("/api/v1/auth/me")).status_code == 401


async def test_where_two_factors_are_required_administrators_set_them_up_first(
    config: Config, clock: FakeClock
) -> None:
    config = msgspec.structs.replace(config, require_two_factor=True)
    async with run_server(config, clock) as server:
        refused = await server.admin.get("/api/people")
        assert (refused.status_code, refused.json()["type"]) == (403, "/problems/two-factor-setup-required")
        assert (await server.approver.get("/api/sessions")).status_code == 200
        page = await server.admin.get("/people", headers={"Accept": "text/html"})
        assert (page.status_code, page.headers["location"]) == (303, "/account")
        assert "Set yours up" in (await server.admin.get("/account")).text
        assert (await server.admin.get("/static/css/tokens.css")).status_code == 200
        secret = (await server.admin.post("/api/account/two-factor/start")).json()["data"]["secret"]
        await server.admin.post("/api/account/two-factor/confirm", json={"code": read_app(secret, clock)})
        assert (await server.admin.get("/api/people")).status_code == 200
