"""Invitations and reset links over HTTP and on the pages."""

from __future__ import annotations

import re

import httpx

from tests.people import Server

CHOSEN = "seven wet umbrellas waltz"
SAME = {"Sec-Fetch-Site": "same-origin"}


async def test_inviting_over_the_api_and_joining_on_the_page(server: Server) -> None:
    made = await server.admin.post("/api/people/invitations", json={"email": "ada@example.test", "role": "operator"})
    assert made.status_code == 201
    link = made.json()["link"]
    assert link.startswith(f"{server.url}/welcome/gni_")
    listed = (await server.admin.get("/api/people/links")).text
    assert "ada@example.test" in listed
    assert link.rpartition("/")[2] not in listed
    async with httpx.AsyncClient(headers=SAME) as browser:
        for _ in range(2):
            assert "Choose a password to join" in (await browser.get(link)).text
        weak = await browser.post(link, data={"password": "password1234"})
        assert (weak.status_code, "guessed soon" in weak.text) == (422, True)
        joined = await browser.post(link, data={"password": CHOSEN, "name": "Ada"})
        assert (joined.status_code, joined.headers["location"]) == (303, "/sign-in")
        assert (await browser.get(link)).json()["type"] == "/problems/link-not-valid"
    login = {"email": "ada@example.test", "password": CHOSEN}
    assert (await server.stranger.post("/api/v1/auth/login", json=login)).status_code == 200


async def test_a_link_names_the_public_address(public_server: Server) -> None:
    made = await public_server.admin.post("/api/people/invitations", json={"email": "ada@example.test"})
    assert made.json()["link"].startswith("https://public.example/welcome/gni_")


async def test_another_sites_form_uses_no_link_up(server: Server) -> None:
    made = await server.admin.post("/api/people/invitations", json={"email": "ada@example.test"})
    link = made.json()["link"]
    refused = await server.stranger.post(link, data={"password": CHOSEN}, headers={"Sec-Fetch-Site": "cross-site"})
    assert refused.status_code == 403
    assert (await server.stranger.get(link)).status_code == 200


async def test_the_people_page_invites_resets_and_signs_out(server: Server) -> None:
    shown = await server.admin.post("/people/invite", data={"email": "ada@example.test", "role": "viewer"})
    assert re.search(r'id="secret">http[^<]+/welcome/gni_', shown.text)
    link = (await server.admin.get("/api/people/links")).json()["data"][0]
    await server.admin.post(f"/people/links/{link['id']}/revoke")
    assert (await server.admin.get("/api/people/links")).json()["data"] == []
    viewer = (await server.viewer.get("/api/v1/auth/me")).json()["data"]["id"]
    reset = await server.admin.post(f"/people/{viewer}/reset-link")
    assert "/welcome/gni_" in reset.text
    await server.admin.post(f"/people/{viewer}/end-sessions")
    assert (await server.viewer.get("/api/v1/auth/me")).status_code == 401
    for path in ("/people/invite", f"/people/{viewer}/reset-link"):
        assert (await server.operator.post(path, data={"email": "x@x.test"})).status_code == 403
