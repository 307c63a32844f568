from __future__ import annotations

import socket

import msgspec
import pytest

from gonogo.client import transport
from gonogo.client.auth import KeyAuth, LoginAuth
from gonogo.client.call import Call, read_members, read_page
from gonogo.client.discovery import Target
from gonogo.client.errors import ApiError, ServerUnreachable
from gonogo.client.logins import Login, LoginStore
from gonogo.client.transport import ATTEMPTS, AsyncTransport, Transport
from tests.client.scripted import Script, serve_script

READ = Call("GET", "/api/things")
WRITE = Call("POST", "/api/things", body={"name": "one"})
FINE = (200, {"status": "success", "data": [1, 2]})
AWAY = (503, {"type": "/problems/unavailable", "title": "Not available", "status": 503, "detail": "Later."})


@pytest.fixture(autouse=True)
def wait_for_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport, "LONGEST_WAIT_S", 0.0)


def make_transport(script: Script, key: str | None = "k1") -> Transport:
    return Transport(Target(script.url, "argument"), KeyAuth(key) if key else None)


def test_a_read_gives_the_data_and_shows_the_key() -> None:
    with serve_script(FINE) as script:
        assert make_transport(script).send(READ) == [1, 2]
    assert script.asked[0].headers["authorization"] == "Bearer k1"
    assert "idempotency-key" not in script.asked[0].headers


def test_every_write_has_an_idempotency_key_of_its_own() -> None:
    with serve_script(FINE) as script:
        sender = make_transport(script)
        sender.send(WRITE)
        sender.send(WRITE)
    keys = [asked.headers["idempotency-key"] for asked in script.asked]
    assert len(set(keys)) == 2
    assert msgspec.json.decode(script.asked[0].body) == {"name": "one"}


@pytest.mark.parametrize("failure", [AWAY, None])
def test_a_read_is_tried_again_until_it_succeeds(failure: tuple[int, object] | None) -> None:
    with serve_script(failure, failure, FINE) as script:
        assert make_transport(script).send(READ) == [1, 2]
    assert len(script.asked) == 3


def test_a_read_is_given_up_after_the_last_attempt() -> None:
    with serve_script(AWAY) as script, pytest.raises(ApiError) as caught:
        make_transport(script).send(READ)
    assert caught.value.status == 503
    assert len(script.asked) == ATTEMPTS


@pytest.mark.parametrize("failure", [AWAY, None])
def test_a_write_that_may_have_arrived_is_never_sent_twice(failure: tuple[int, object] | None) -> None:
    with serve_script(failure) as script, pytest.raises((ApiError, ServerUnreachable)):
        make_transport(script).send(WRITE)
    assert len(script.asked) == 1


def test_a_write_whose_answer_broke_off_may_have_been_done() -> None:
    with serve_script(None) as script, pytest.raises(ServerUnreachable, match="Whether it was done is not known"):
        make_transport(script).send(WRITE)


def test_a_refusal_is_not_tried_again() -> None:
    refusal = (404, {"type": "/problems/not-found", "title": "No", "status": 404, "detail": "Gone."})
    with serve_script(refusal) as script, pytest.raises(ApiError):
        make_transport(script).send(READ)
    assert len(script.asked) == 1


def test_problem_details_become_an_error_with_all_their_members() -> None:
    body = {"type": "/problems/plan-changed", "title": "T", "status": 409, "detail": "D", "field": "sha256", "now": "x"}
    with serve_script((409, body)) as script, pytest.raises(ApiError) as caught:
        make_transport(script).send(WRITE)
    error = caught.value
    assert (error.status, error.type, error.title, error.detail) == (409, "plan-changed", "T", "D")
    assert (error.field, error.extra) == ("sha256", {"now": "x"})
    assert str(error) == "D"


@pytest.mark.parametrize("body", [b"<html>Bad gateway</html>", b"[1]", b""])
def test_a_page_of_a_proxy_is_an_error_as_well(body: bytes) -> None:
    with serve_script((400, body)) as script, pytest.raises(ApiError) as caught:
        make_transport(script).send(READ)
    assert (caught.value.status, caught.value.type) == (400, "unknown")
    assert "400" in caught.value.detail


def test_nobody_there_is_told_with_the_address_and_its_origin() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
        with pytest.raises(ServerUnreachable, match=rf"{url} \(environment GONOGO_URL\)"):
            Transport(Target(url, "environment GONOGO_URL"), None).send(WRITE)


def test_pages_and_members_are_read_whole() -> None:
    with serve_script((200, {"status": "success", "data": [1], "next_cursor": "7"})) as script:
        page = make_transport(script).send(Call("GET", "/api/things", read=read_page))
    assert (page.items, page.next_cursor) == ([1], "7")
    with serve_script((201, {"status": "success", "data": {"id": "a"}, "token": "t"})) as script:
        made = make_transport(script).send(Call("POST", "/api/keys", body={}, read=read_members))
    assert made == {"id": "a", "token": "t"}


async def test_the_async_transport_behaves_alike() -> None:
    with serve_script(AWAY, FINE) as script:
        sender = AsyncTransport(Target(script.url, "argument"), KeyAuth("k2"))
        assert await sender.send(READ) == [1, 2]
        await sender.close()
    assert [asked.headers["authorization"] for asked in script.asked] == ["Bearer k2"] * 2


NOT_SIGNED_IN = (401, {"type": "/problems/not-signed-in", "title": "T", "status": 401, "detail": "Sign in again."})
TOKENS = (200, {"status": "success", "data": {"access_token": "a2", "refresh_token": "r2", "expires_in": 60}})


def make_login(script: Script) -> tuple[Transport, LoginStore]:
    login = Login(script.url, "ada@example.test", "a1", "r1")
    store = LoginStore()
    store.save(login)
    return Transport(Target(script.url, "saved login", login=login), LoginAuth(login, store)), store


def test_a_login_that_ran_out_renews_itself_and_is_saved() -> None:
    with serve_script(NOT_SIGNED_IN, TOKENS, FINE) as script:
        sender, store = make_login(script)
        assert sender.send(READ) == [1, 2]
    assert [asked.path for asked in script.asked] == ["/api/things", "/api/v1/auth/refresh", "/api/things"]
    assert msgspec.json.decode(script.asked[1].body) == {"refresh_token": "r1"}
    assert script.asked[2].headers["authorization"] == "Bearer a2"
    saved = store.find()
    assert saved is not None and (saved.access_token, saved.refresh_token) == ("a2", "r2")


def test_a_login_that_another_process_renewed_is_not_renewed_again() -> None:
    with serve_script(NOT_SIGNED_IN, FINE) as script:
        sender, store = make_login(script)
        store.save(Login(script.url, "ada@example.test", "a9", "r9"))
        assert sender.send(READ) == [1, 2]
    assert [asked.path for asked in script.asked] == ["/api/things", "/api/things"]
    assert script.asked[1].headers["authorization"] == "Bearer a9"


def test_a_login_that_can_not_be_renewed_is_told_as_the_server_does() -> None:
    with serve_script(NOT_SIGNED_IN) as script, pytest.raises(ApiError, match="Sign in again"):
        make_login(script)[0].send(READ)
    assert len(script.asked) == 2


def test_proxies_are_left_aside_for_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    with serve_script(FINE) as script:
        assert make_transport(script).send(READ) == [1, 2]
