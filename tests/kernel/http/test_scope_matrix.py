"""Every route against every role and every scope: what the route table declares is what the door does."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from litestar import Litestar
from litestar.routes import HTTPRoute

from gonogo.app import create_app
from gonogo.kernel.auth.actor import ROLES, Actor
from gonogo.kernel.auth.scopes import ADMIN, ANY, SCOPES, ScopeNeeded, find_role
from gonogo.kernel.config import Config
from gonogo.kernel.http.authentication import check_route
from tests.conftest import run_server
from tests.fake_clock import FakeClock
from tests.kernel.http.test_authentication import fill
from tests.people import Server, create_key

PEOPLE = [Actor(role, f"{role}@example.test", "user", role) for role in ROLES]
KEYS = [Actor(scope, f"key {scope}", "key", find_role([scope]), scopes=(scope,)) for scope in SCOPES]
NO_SCOPE = Actor("none", "key none", "key", "viewer")
COUNTS = {
    "observe:write": 4,
    "signals:write": 1,
    "settings:read": 11,
    "settings:write": 7,
    "queue:work": 6,
    "jobs:enqueue": 6,
    "flags:evaluate": 1,
    "llm:call": 1,
    "webhooks:send": 2,
}
"""How many routes a scope opens: a new one is added here on purpose. Those of releases and metrics may grow."""


def list_handlers(app: Litestar) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for route in app.routes:
        handlers = route.route_handlers if isinstance(route, HTTPRoute) else [route.route_handler]
        for handler in handlers:
            methods = handler.http_methods - {"OPTIONS", "HEAD"} if isinstance(route, HTTPRoute) else {"WS"}
            for method in sorted(map(str, methods)):
                yield method, route.path, dict(handler.opt)


@pytest.fixture(scope="module")
def handlers(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[str, str, dict[str, Any]]]:
    home = str(tmp_path_factory.mktemp("matrix"))
    return sorted(list_handlers(create_app(Config(home=home, port=0))), key=lambda one: one[:2])


def is_let_in(actor: Actor, options: dict[str, Any]) -> bool:
    try:
        check_route(actor, {"route_handler": SimpleNamespace(opt=options)})  # type: ignore[typeddict-item, arg-type]
    except ScopeNeeded as refused:
        assert refused.status == 403
        assert refused.extra["required_scope"] in refused.detail
        return False
    return True


def test_the_door_lets_in_whom_the_table_says(
    handlers: list[tuple[str, str, dict[str, Any]]], capsys: pytest.CaptureFixture[str]
) -> None:
    opened: Counter[str] = Counter()
    tried = 0
    for method, path, options in handlers:
        public, declared = options.get("public", False), options.get("scope", (ADMIN,))
        for actor in (*PEOPLE, *KEYS, NO_SCOPE):
            tried += 1
            expected = public or actor.kind == "user" or ANY in declared
            expected = expected or ADMIN in actor.scopes or bool(set(declared) & set(actor.scopes))
            assert is_let_in(actor, options) == expected, (method, path, actor.name)
        if not public:
            opened.update(scope for scope in declared if scope != ANY)
    with capsys.disabled():
        sys.stdout.write(
            f"\n{len(handlers)} routes × {len(PEOPLE)} roles and {len(KEYS) + 1} scopes: {tried} decisions\n"
        )
    assert {scope: opened[scope] for scope in COUNTS} == COUNTS
    assert set(opened) == set(SCOPES)


def test_a_route_that_declares_nothing_needs_admin() -> None:
    assert [actor.name for actor in KEYS if is_let_in(actor, {})] == ["key admin"]


def test_no_scope_but_admin_opens_what_makes_people_keys_or_commands(
    handlers: list[tuple[str, str, dict[str, Any]]],
) -> None:
    guarded = ("/api/people", "/api/keys", "/api/service-accounts", "/api/actions", "/api/agents", "/api/services")
    found = [options for method, path, options in handlers if path.startswith(guarded)]
    assert len(found) > 20
    assert all(options["scope"] == (ADMIN,) for options in found)


async def test_real_requests_meet_the_same_door(config: Config, clock: FakeClock) -> None:
    """One key of each scope at every other scope's route: 403 with the name of what is needed, and never a 5xx."""
    async with run_server(config, clock) as server:
        wanted = [
            (method, path, options["scope"])
            for method, path, options in list_handlers(server.app)
            if path.startswith(("/api/", "/v1/", "/metrics")) and "scope" in options and method != "WS"
        ]
        for scope in ("observe:write", "queue:work", "metrics:read"):
            token = await create_key(server.admin, scope, **BOUNDS.get(scope, {}))
            await _try_all(server, clock, token, [one for one in wanted if scope not in one[2] and ANY not in one[2]])


BOUNDS: dict[str, dict[str, Any]] = {"observe:write": {"host": "web-1"}, "queue:work": {"types": ["report"]}}


async def _try_all(server: Server, clock: FakeClock, token: str, routes: list[tuple[str, str, Any]]) -> None:
    headers = {"Authorization": f"Bearer {token}"}
    for method, path, needed in routes:
        clock.advance(0.2)
        answer = await server.stranger.request(method, fill(path), headers=headers)
        assert (answer.status_code, answer.json()["required_scope"]) == (403, needed[0]), (method, path)
