"""The door of the running application: who comes in, where, and from which page."""

from __future__ import annotations

import re
from collections.abc import Iterator

import httpx
import pytest
from litestar import Litestar
from litestar.routes import HTTPRoute, WebSocketRoute
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from gonogo.app import create_app
from gonogo.kernel.config import Config
from gonogo.kernel.http.cookies import SESSION as COOKIE
from tests.fake_clock import FakeClock
from tests.people import PASSWORD, Server, add_actor

PUBLIC = {
    ("POST", "/hooks/{source:str}"),
    ("GET", "/health"),
    ("GET", "/health/ready"),
    ("GET", "/sign-in"),
    ("POST", "/sign-in"),
    ("POST", "/sign-in/code"),
    ("GET", "/welcome/{token:str}"),
    ("POST", "/welcome/{token:str}"),
    ("POST", "/sign-out"),
    ("POST", "/api/v1/auth/login"),
    ("POST", "/api/v1/auth/logout"),
    ("POST", "/api/v1/auth/refresh"),
    ("GET", "/static/{file_path:path}"),
    ("HEAD", "/static/{file_path:path}"),
}


def list_routes(app: Litestar) -> Iterator[tuple[str, str, bool]]:
    """``(method, path, public)`` of every handler; a WebSocket's method is WS, a mounted application's ANY."""
    for route in app.routes:
        if isinstance(route, HTTPRoute):
            for handler in route.route_handlers:
                for method in handler.http_methods - {"OPTIONS"}:
                    yield str(method), route.path, bool(handler.opt.get("public"))
        else:
            kind = "WS" if isinstance(route, WebSocketRoute) else "ANY"
            yield kind, route.path, bool(route.route_handler.opt.get("public"))


def fill(path: str) -> str:
    return re.sub(r"\{\w+:int\}", "1", re.sub(r"\{\w+:(str|path)\}", "x", path))


@pytest.fixture
async def cookie(server: Server) -> str:
    """The session cookie of an administrator's browser."""
    return await server.kernel.sessions.open_browser(await add_actor(server.kernel, "admin", "bea@example.test"))


def test_the_public_routes_are_exactly_these(config: Config) -> None:
    routes = list_routes(create_app(config))
    assert {(method, path) for method, path, public in routes if public} == PUBLIC


async def test_a_stranger_is_turned_away_everywhere_else(server: Server, config: Config, clock: FakeClock) -> None:
    private = [(method, path) for method, path, public in list_routes(create_app(config)) if not public]
    assert len(private) > 20
    for method, path in private:
        clock.advance(1)  # or the limit for one address would be reached
        if method == "WS":
            with pytest.raises(InvalidStatus) as refused:
                await connect(server.url.replace("http", "ws") + fill(path))
            assert refused.value.response.status_code == 401
            continue
        answer = await server.stranger.request("GET" if method == "ANY" else method, fill(path))
        assert answer.status_code == 401, (method, path)
        assert answer.json()["type"] == "/problems/not-signed-in"
        assert answer.headers["www-authenticate"] == 'Bearer realm="gonogo"'


async def test_a_browser_is_shown_the_sign_in_page(server: Server) -> None:
    answer = await server.stranger.get("/audit?name=release.", headers={"Accept": "text/html"})
    assert answer.status_code == 401
    assert answer.headers["content-type"].startswith("text/html")
    assert 'value="/audit?name=release."' in answer.text


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("Authorization", "Bearer"),
        ("Authorization", "Basic YWRtaW46YWRtaW4="),
        ("Authorization", "Bearer gnk_unknown"),
        ("X-API-Key", ""),
        ("X-API-Key", "gnk_unknown"),
        ("Cookie", f"{COOKIE}="),
        ("Cookie", f"{COOKIE}=gns_unknown"),
        ("Cookie", "="),
    ],
)
async def test_credentials_that_open_nothing(server: Server, header: str, value: str) -> None:
    answer = await server.stranger.get("/api/v1/auth/me", headers={header: value})
    assert answer.status_code == 401


@pytest.mark.parametrize("header", ["Authorization", "X-API-Key"])
async def test_an_api_key_in_either_header(server: Server, header: str) -> None:
    made = await server.admin.post("/api/keys", json={"name": "deploys", "scopes": ["releases:run"]})
    assert made.status_code == 201
    token = made.json()["token"]
    value = f"Bearer {token}" if header == "Authorization" else token
    answer = await server.stranger.get("/api/v1/auth/me", headers={header: value})
    assert answer.json()["data"]["name"] == "key deploys"
    await server.admin.delete(f"/api/keys/{made.json()['data']['id']}")
    assert (await server.stranger.get("/api/v1/auth/me", headers={header: value})).status_code == 401


HOST = "gonogo.example"
SAME = f"http://{HOST}"
OTHER = "https://evil.example"


@pytest.mark.parametrize(
    ("site", "origin", "passes"),
    [
        ("same-origin", SAME, True),
        ("same-origin", None, True),
        ("none", None, True),
        (None, SAME, True),
        (None, "https://public.example", True),
        ("cross-site", OTHER, False),
        ("cross-site", SAME, False),
        ("same-site", SAME, False),
        (None, OTHER, False),
        (None, f"https://{HOST}", False),
        (None, "http://public.example", False),
        (None, "null", False),
        (None, "", False),
        (None, None, False),
        ("", None, False),
    ],
)
async def test_a_cookie_changes_things_from_our_own_pages_only(
    public_server: Server, site: str | None, origin: str | None, passes: bool
) -> None:
    token = await public_server.kernel.sessions.open_browser(await add_actor(public_server.kernel, "admin", "b@b.test"))
    headers = {"Host": HOST, "Cookie": f"__Host-{COOKIE}={token}"}
    headers |= {} if site is None else {"Sec-Fetch-Site": site}
    headers |= {} if origin is None else {"Origin": origin}
    answer = await public_server.stranger.post("/api/people", json={"email": "new@example.test"}, headers=headers)
    assert answer.status_code == (201 if passes else 403)
    if not passes:
        assert answer.json()["type"] == "/problems/cross-site"
        people = (await public_server.admin.get("/api/people")).json()["data"]
        assert "new@example.test" not in {person["email"] for person in people}


async def test_a_cookie_reads_from_anywhere(server: Server, cookie: str) -> None:
    headers = {"Cookie": f"{COOKIE}={cookie}", "Sec-Fetch-Site": "cross-site"}
    assert (await server.stranger.get("/api/v1/auth/me", headers=headers)).status_code == 200


async def test_a_token_needs_no_origin(server: Server) -> None:
    headers = {"Sec-Fetch-Site": "cross-site", "Origin": OTHER}
    answer = await server.admin.post("/api/people", json={"email": "new@example.test"}, headers=headers)
    assert answer.status_code == 201


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 303),
        ({"Sec-Fetch-Site": "same-origin"}, 303),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Origin": OTHER}, 403),
    ],
)
async def test_another_site_can_not_sign_somebody_in(server: Server, headers: dict[str, str], status: int) -> None:
    form = {"email": "viewer@example.test", "password": PASSWORD}
    assert (await server.stranger.post("/sign-in", data=form, headers=headers)).status_code == status


async def test_signing_in_and_out_as_a_browser(server: Server) -> None:
    same = {"Sec-Fetch-Site": "same-origin"}
    async with httpx.AsyncClient(base_url=server.url, headers=same) as browser:
        form = {"email": "viewer@example.test", "password": PASSWORD, "next": "/audit?name=x"}
        entered = await browser.post("/sign-in", data=form)
        assert (entered.status_code, entered.headers["location"]) == (303, "/audit?name=x")
        attributes = entered.headers["set-cookie"].lower()
        assert "httponly" in attributes
        assert "samesite=lax" in attributes
        assert "secure" not in attributes
        assert (await browser.get("/api/v1/auth/me")).json()["data"]["name"] == "viewer@example.test"
        kept = browser.cookies[COOKIE]
        assert (await browser.get("/sign-in")).status_code == 303
        left = await browser.post("/sign-out")
        assert (left.status_code, left.headers["location"]) == (303, "/sign-in")
        assert COOKIE not in browser.cookies
    again = await server.stranger.get("/api/v1/auth/me", headers={"Cookie": f"{COOKIE}={kept}"})
    assert again.status_code == 401


async def test_the_cookies_are_this_hosts_alone_behind_https(public_server: Server) -> None:
    form = {"email": "viewer@example.test", "password": PASSWORD}
    answer = await public_server.stranger.post("/sign-in", data=form)
    cookies = answer.headers.get_list("set-cookie")
    assert {cookie.partition("=")[0] for cookie in cookies} == {"__Host-gonogo_session", "__Host-gonogo_device"}
    for cookie in cookies:
        attributes = [attribute.strip().lower() for attribute in cookie.split(";")[1:]]
        assert {"secure", "httponly", "path=/", "samesite=lax"} <= set(attributes)
        assert not any(attribute.startswith("domain") for attribute in attributes)


async def test_a_cookie_that_any_subdomain_can_set_opens_nothing_behind_https(public_server: Server) -> None:
    token = await public_server.kernel.sessions.open_browser(await add_actor(public_server.kernel, "admin", "b@b.test"))
    for name, status in ((COOKIE, 401), (f"__Host-{COOKIE}", 200)):
        answer = await public_server.stranger.get("/api/v1/auth/me", headers={"Cookie": f"{name}={token}"})
        assert answer.status_code == status


async def test_the_host_is_checked_for_everybody(server: Server) -> None:
    for client in (server.stranger, server.admin):
        for path in ("/sign-in", "/api/people", "/health", "/static/css/tokens.css"):
            answer = await client.get(path, headers={"Host": "evil.example"})
            assert (answer.status_code, answer.json()["type"]) == (421, "/problems/unknown-host"), path
    with pytest.raises(InvalidStatus) as refused:
        await connect(server.url.replace("http", "ws") + "/api/events/ws", additional_headers={"Host": "evil.example"})
    assert refused.value.response.status_code == 421


async def test_a_known_browser_signs_in_where_a_stranger_guessed(server: Server) -> None:
    form = {"email": "viewer@example.test", "password": PASSWORD}
    first = await server.stranger.post("/sign-in", data=form)
    known = {"Cookie": f"gonogo_device={first.cookies['gonogo_device']}"}
    async with httpx.AsyncClient(base_url=server.url) as stranger:
        guesses = [await stranger.post("/sign-in", data=form | {"password": "wrong"}) for _ in range(6)]
        assert [answer.status_code for answer in guesses] == [401] * 5 + [429]
        assert "Too many wrong tries" in guesses[-1].text
        assert (await stranger.post("/sign-in", data=form)).status_code == 429
        assert (await stranger.post("/sign-in", data=form, headers=known)).status_code == 303


async def test_a_wrong_password_is_told_in_the_form(server: Server) -> None:
    form = {"email": "viewer@example.test", "password": "wrong"}
    answer = await server.stranger.post("/sign-in", data=form)
    assert answer.status_code == 401
    assert "E-mail or password is wrong" in answer.text
    assert "set-cookie" not in answer.headers


async def test_too_many_wrong_passwords(server: Server, clock: FakeClock) -> None:
    wrong = {"email": "viewer@example.test", "password": "wrong"}
    statuses = [(await server.stranger.post("/api/v1/auth/login", json=wrong)).status_code for _ in range(6)]
    assert statuses == [401] * 5 + [429]
    right = wrong | {"password": PASSWORD}
    refused = await server.stranger.post("/api/v1/auth/login", json=right)
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "60")
    clock.advance(60)
    assert (await server.stranger.post("/api/v1/auth/login", json=right)).status_code == 200


@pytest.mark.parametrize(
    "target",
    [
        "//evil.example",
        "https://evil.example",
        "/\\evil.example",
        "/\t/evil.example",
        "javascript:alert(1)",
        "evil",
        "",
    ],
)
async def test_signing_in_leads_to_our_own_pages_only(server: Server, target: str) -> None:
    form = {"email": "viewer@example.test", "password": PASSWORD, "next": target}
    assert (await server.stranger.post("/sign-in", data=form)).headers["location"] == "/"


async def test_no_header_can_be_slipped_into_the_redirect(server: Server) -> None:
    form = {"email": "viewer@example.test", "password": PASSWORD, "next": "/\r\nSet-Cookie: stolen=1"}
    answer = await server.stranger.post("/sign-in", data=form)
    assert "stolen" not in answer.cookies
    assert "\n" not in answer.headers["location"]


async def test_a_refreshed_token_over_http(server: Server) -> None:
    login = {"email": "viewer@example.test", "password": PASSWORD}
    first = (await server.stranger.post("/api/v1/auth/login", json=login)).json()["data"]
    assert (first["token_type"], first["expires_in"]) == ("bearer", 3600)
    again = await server.stranger.post("/api/v1/auth/refresh", json={"refresh_token": first["refresh_token"]})
    headers = {"Authorization": f"Bearer {again.json()['data']['access_token']}"}
    assert (await server.stranger.get("/api/v1/auth/me", headers=headers)).json()["data"]["role"] == "viewer"


async def test_strangers_have_a_rate(server: Server, clock: FakeClock) -> None:
    rate = server.kernel.config.stranger_rate
    statuses = [(await server.stranger.get("/health")).status_code for _ in range(2 * rate + 1)]
    assert statuses == [200] * 2 * rate + [429]
    assert (await server.stranger.get("/health")).headers["retry-after"] == "1"
    assert (await server.viewer.get("/health")).status_code == 200
    clock.advance(1)
    assert (await server.stranger.get("/health")).status_code == 200
