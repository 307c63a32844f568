"""The shell's pages over HTTP."""

from __future__ import annotations

import re

import pytest

from gonogo.kernel.auth.actor import ROLES
from gonogo.web.assets import FOLDER, asset
from tests.people import PASSWORD, Server

HTML = {"Accept": "text/html"}


@pytest.mark.parametrize("path", ["/", "/audit"])
@pytest.mark.parametrize("role", ROLES)
async def test_everybody_may_look(server: Server, role: str, path: str) -> None:
    answer = await getattr(server, role).get(path, headers=HTML)
    assert answer.status_code == 200
    assert "Skip to the content" in answer.text


async def test_strangers_are_shown_the_door(server: Server) -> None:
    answer = await server.stranger.get("/audit", headers=HTML)
    assert answer.status_code == 401
    assert 'name="password"' in answer.text
    assert 'value="/audit"' in answer.text


async def test_only_administrators_see_people(server: Server) -> None:
    assert (await server.admin.get("/people", headers=HTML)).status_code == 200
    refused = await server.operator.get("/people", headers=HTML)
    assert refused.status_code == 403
    assert "needs the role admin" in refused.text


async def test_a_missing_page_says_where_to_go(server: Server) -> None:
    answer = await server.viewer.get("/nothing", headers=HTML)
    assert answer.status_code == 404
    assert 'href="/"' in answer.text


PIPELINE = {"name": "pipeline", "scopes": ["releases:run", "metrics:read"]}


async def test_a_new_key_is_shown_once(server: Server) -> None:
    made = await server.admin.post("/keys/create", data=PIPELINE | {"expires_days": ""})
    token = re.search(r'id="secret">([^<]+)<', made.text)
    assert token is not None
    assert token.group(1) not in (await server.admin.get("/keys")).text
    me = await server.stranger.get("/api/v1/auth/me", headers={"Authorization": f"Bearer {token.group(1)}"})
    assert me.json()["data"]["scopes"] == ["releases:run", "metrics:read"]


async def test_a_wrong_field_comes_back_as_a_sentence(server: Server) -> None:
    answer = await server.admin.post("/keys/create", data=PIPELINE | {"expires_days": "x"})
    assert answer.status_code == 422
    assert "a number of days, or never" in answer.text


async def test_wrong_password_stays_on_the_form(server: Server) -> None:
    answer = await server.stranger.post(
        "/sign-in", data={"email": "viewer@example.test", "password": "wrong", "next": "/audit"}
    )
    assert answer.status_code == 401
    assert 'value="viewer@example.test"' in answer.text
    assert "is wrong" in answer.text


async def test_signing_in_leads_onwards(server: Server) -> None:
    form = {"email": "viewer@example.test", "password": PASSWORD, "next": "/audit"}
    answer = await server.stranger.post("/sign-in", data=form)
    assert (answer.status_code, answer.headers["location"]) == (303, "/audit")


async def test_audit_filters_by_prefix(server: Server) -> None:
    await server.admin.post("/keys/create", data=PIPELINE)
    page = (await server.admin.get("/audit", params={"name": "key."})).text
    assert "Key created" in page
    assert "Person added" not in page


async def test_audit_pages_by_cursor(server: Server) -> None:
    for number in range(55):
        await server.admin.post("/api/keys", json={"name": f"key {number}", "scopes": ["metrics:read"]})
    first = (await server.admin.get("/audit", params={"name": "key."})).text
    older = re.search(r'href="(/audit\?[^"]*cursor=\d+)"', first)
    assert older is not None
    second = (await server.admin.get(older.group(1).replace("&amp;", "&"))).text
    assert "key 54" in first
    assert "key 54" not in second
    assert "key 0" in second


async def test_fragments_are_no_whole_pages(server: Server) -> None:
    for path in ("/_board", "/_strip", "/audit"):
        answer = await server.viewer.get(path, headers={"HX-Request": "true"})
        assert answer.status_code == 200
        assert "<html" not in answer.text


async def test_no_page_needs_inline_script_or_style(server: Server) -> None:
    for path in ("/", "/audit", "/people", "/releases", "/releases/new"):
        page = (await server.admin.get(path, headers=HTML)).text
        assert not re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:", page), path
        scripts = re.findall(r"<script(?![^>]*\b(?:src=|type=\"application/json\"))", page)
        assert scripts == [], path


def test_addresses_of_static_files_follow_their_content() -> None:
    assert re.fullmatch(r"/static/css/base\.css\?v=[0-9a-f]{8}", asset("css/base.css"))
    with pytest.raises(FileNotFoundError):
        asset("css/none.css")


def test_vendored_files_are_the_ones_written_down() -> None:
    import hashlib

    told = (FOLDER / "vendor" / "VENDORED.md").read_text()
    for name, digest in re.findall(r"^\| (\S+\.(?:js|css)) \|.*\| ([0-9a-f]{64}) \|$", told, re.M):
        assert hashlib.sha256((FOLDER / "vendor" / name).read_bytes()).hexdigest() == digest, name


async def test_signing_in_is_no_change(server: Server) -> None:
    await server.stranger.post("/sign-in", data={"email": "viewer@example.test", "password": PASSWORD})
    strip = (await server.viewer.get("/_strip")).text
    assert "Person added" in strip
    assert "signed in" not in strip
