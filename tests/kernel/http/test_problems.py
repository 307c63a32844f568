"""Every kind of refusal, in the shape that its reader wants."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import msgspec
import pytest
from structlog.testing import capture_logs

from gonogo.kernel.config import Config
from gonogo.kernel.errors import Conflict
from gonogo.kernel.http.limits import MAX_BODY
from tests.conftest import run_server
from tests.fake_clock import FakeClock
from tests.people import Server

HTML = {"Accept": "text/html,application/xhtml+xml"}


@dataclass(frozen=True)
class Case:
    method: str
    path: str
    status: int
    type: str
    field: str | None = None
    send: dict[str, Any] | None = None


CASES = [
    Case("GET", "/api/nothing", 404, "not-found"),
    Case("DELETE", "/api/people", 405, "method-not-allowed"),
    Case("GET", "/api/signals/no.such", 404, "signal-not-found", "name"),
    Case("GET", "/api/events?limit=0", 422, "bad-input", "limit"),
    Case("GET", "/api/events?limit=many", 422, "bad-input", "limit"),
    Case("POST", "/api/people", 422, "bad-input", "email", {"json": {"email": 5}}),
    Case("POST", "/api/people", 422, "bad-input", "email", {"json": {}}),
    Case("POST", "/api/people", 422, "bad-input", "nickname", {"json": {"email": "a@b.test", "nickname": "x"}}),
    Case("POST", "/api/people", 422, "bad-input", "email", {"json": {"email": "nobody"}}),
    Case("POST", "/api/people", 422, "weak-password", "password", {"json": {"email": "a@b.test", "password": "short"}}),
    Case("POST", "/api/people", 400, "bad-request", None, {"content": b"{not json"}),
    Case("POST", "/api/people", 400, "bad-request", None, {"content": b"\xff\xfe"}),
    Case("POST", "/api/people", 400, "bad-request", None, {"content": b'{"email": "\xff"}'}),
    Case("POST", "/api/people", 400, "bad-request", None, {"content": b"[" * 100_000}),
    Case("POST", "/api/people", 422, "bad-input", None, {"content": b""}),
    Case("POST", "/api/people", 422, "bad-input", None, {"json": []}),
    Case("POST", "/api/settings/import?dryrun=1", 422, "bad-input", "dryrun", {"json": {}}),
    Case("POST", "/api/people", 413, "body-too-large", None, {"content": b" " * (MAX_BODY + 1)}),
    Case("POST", "/api/signals/evaluate", 422, "bad-input", "expression", {"json": {"expression": "what <"}}),
    Case("POST", "/api/people", 409, "person-exists", "email", {"json": {"email": "viewer@example.test"}}),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.method} {case.path} {case.status} {case.type}")
async def test_programs_get_problem_details(server: Server, case: Case) -> None:
    answer = await server.admin.request(case.method, case.path, **(case.send or {}))
    body = answer.json()
    assert answer.status_code == case.status, body
    assert answer.headers["content-type"].startswith("application/problem+json")
    assert body["type"] == f"/problems/{case.type}"
    assert body["status"] == case.status
    assert body["title"]
    assert body["detail"]
    assert body.get("field") == case.field


async def test_a_role_that_does_not_reach_says_which_is_needed(server: Server) -> None:
    answer = await server.operator.get("/api/people")
    assert answer.status_code == 403
    assert answer.json()["required_role"] == "admin"


async def test_a_method_that_does_not_work_says_which_do(server: Server) -> None:
    answer = await server.admin.delete("/api/people")
    assert {method.strip() for method in answer.headers["allow"].split(",")} >= {"GET", "POST"}
    assert answer.json()["detail"] == "DELETE does not work here. This address takes GET, OPTIONS, POST."


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "This needs a body in JSON. Send {} when there is nothing to say."),
        (b"[]", "The body: Expected an object, not a list"),
    ],
)
async def test_a_body_as_a_whole_is_called_the_body(server: Server, content: bytes, told: str) -> None:
    answer = await server.admin.post("/api/people", content=content)
    assert answer.json()["detail"] == told


@pytest.mark.parametrize(
    ("path", "accept", "page"),
    [
        ("/nothing", HTML, True),
        ("/nothing", HTML | {"HX-Request": "true"}, False),
        ("/nothing", {"Accept": "application/json"}, False),
        ("/api/nothing", HTML, False),
        ("/v1/nothing", HTML, False),
    ],
)
async def test_browsers_get_a_page(server: Server, path: str, accept: dict[str, str], page: bool) -> None:
    answer = await server.admin.get(path, headers=accept)
    assert answer.status_code == 404
    assert answer.headers["content-type"].startswith("text/html" if page else "application/problem+json")
    assert "nothing at this address" in answer.text


async def test_a_page_escapes_what_it_repeats(server: Server) -> None:
    answer = await server.admin.get("/_panels/<script>alert(1)</script>", headers=HTML)
    assert answer.status_code == 404
    assert "<script>alert" not in answer.text


async def break_people(server: Server) -> None:
    await server.admin.get("/api/people")

    async def fail(_query: object) -> None:
        raise ZeroDivisionError("the inside")

    server.kernel.db.read = fail  # type: ignore[method-assign, assignment]


async def test_a_defect_is_logged_in_full_and_told_without_details(server: Server) -> None:
    await break_people(server)
    with capture_logs() as logged:
        answer = await server.admin.get("/api/people")
    assert answer.status_code == 500
    assert answer.json()["type"] == "/problems/internal-fault"
    assert "the inside" not in answer.text
    assert [type(entry["exc_info"]) for entry in logged] == [ZeroDivisionError]


async def test_even_an_error_page_that_fails_is_answered(server: Server) -> None:
    def fail(**_context: object) -> str:
        raise ZeroDivisionError("the inside")

    engine = server.app.template_engine
    assert engine is not None
    engine.get_template("web/problem.html").render = fail
    with capture_logs() as logged:
        answer = await server.admin.get("/nothing", headers=HTML)
    assert answer.status_code == 500
    assert answer.json()["type"] == "/problems/internal-fault"
    assert answer.headers["content-security-policy"]
    assert [entry["event"] for entry in logged] == ["answer failed"]


@pytest.fixture
async def debug_server(config: Config, clock: FakeClock) -> AsyncIterator[Server]:
    async with run_server(msgspec.structs.replace(config, debug=True), clock) as server:
        yield server


async def test_debug_tells_the_inside(debug_server: Server) -> None:
    await break_people(debug_server)
    with capture_logs():
        answer = await debug_server.admin.get("/api/people")
    assert "ZeroDivisionError: the inside" in answer.json()["detail"]


def test_a_problem_carries_its_extra_members() -> None:
    problem = Conflict("Held by another.", field="name", holder="ann")
    assert problem.to_dict() == {
        "type": "/problems/conflict",
        "title": "This can't be done now",
        "status": 409,
        "detail": "Held by another.",
        "field": "name",
        "holder": "ann",
    }


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("/api/settings/import?dryrun=true", "There is no parameter 'dryrun' here. Did you mean 'dry_run'?"),
        ("/api/people?zebra=1", "There is no parameter 'zebra' here. There are: none."),
    ],
)
async def test_a_change_with_a_word_too_many_changes_nothing(server: Server, address: str, told: str) -> None:
    answer = await server.admin.post(address, json={})
    assert (answer.status_code, answer.json()["detail"]) == (422, f"{told} Nothing was changed.")
