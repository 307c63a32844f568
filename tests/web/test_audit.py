"""The audit page: who, from where, from what to what, and links to pages that exist."""

from __future__ import annotations

from typing import Any

import pytest

from gonogo.kernel.events.event import Event
from gonogo.kernel.events.privacy import hide_emails
from gonogo.web.moves import Move, find_moves
from gonogo.web.wording import describe_event
from tests.people import Server

ROOMS = frozenset({"releases", "settings", "observe", "jobs", "webhooks", "services"})
HTML = {"Accept": "text/html"}


@pytest.mark.parametrize(
    ("name", "subject", "data", "href"),
    [
        ("release.started", "r1", {}, "/releases/r1"),
        ("checklist.saved", "c1", {}, "/releases/checklists/c1"),
        ("checklist.planned", "/srv/a.md", {}, "/audit?subject=%2Fsrv%2Fa.md"),
        ("setting.changed", "a.b", {}, "/settings/a.b"),
        ("setting.environment_saved", "moon", {}, "/settings/history"),
        ("agent.spawned", "id-1", {"name": "ann"}, "/jobs/agents/ann"),
        ("agent.crashed", "id-1", {}, "/audit?subject=id-1"),
        ("webhook.endpoint_removed", "w1", {}, "/webhooks"),
        ("webhook.secret_rotated", "w1", {}, "/webhooks/w1"),
        ("access.refused", "POST /api/people", {}, "/audit?subject=POST+%2Fapi%2Fpeople"),
    ],
)
def test_an_event_leads_to_a_page_that_exists(name: str, subject: str, data: dict[str, Any], href: str) -> None:
    assert describe_event(Event(name=name, subject=subject, at="", data=data), ROOMS).href == href


def test_what_changed_is_shown_from_to() -> None:
    assert find_moves({"from": {"role": "viewer"}, "to": {"role": "admin"}}) == (Move("role", "viewer", "admin"),)
    changes = {"changes": [{"key": "a.b", "before": 1, "after": None}]}
    assert find_moves(changes) == (Move("a.b", "1", "–"),)
    assert find_moves({"from": "2026-01-01", "to": None}) == find_moves({"changes": ["x"]}) == ()


def test_others_than_administrators_see_no_addresses_and_no_secrets() -> None:
    data = {"url": "https://ann:hunter2hunter2@db.example/x", "why": ["asked by bea@example.org"]}
    event = Event(name="thing.done", subject="t", at="", actor_name="ann@example.org", address="192.0.2.7", data=data)
    shown = hide_emails(event)
    assert (shown.actor_name, shown.address, shown.data["why"]) == ("ann@…", "", ["asked by bea@…"])
    assert "hunter2hunter2" not in shown.data["url"]


async def test_the_page_filters_verifies_and_exports(server: Server) -> None:
    await server.kernel.audit.verify()
    page = (await server.admin.get("/audit?since=2026-03-02&until=2026-03-02", headers=HTML)).text
    assert "Verified up to entry" in page
    assert "viewer@example.test" in page
    assert 'href="/api/audit/export?from=2026-03-02&amp;to=2026-03-02"' in page
    assert "Nothing matches" in (await server.admin.get("/audit?until=2026-03-01", headers=HTML)).text
    assert "is not a day or an instant" in (await server.admin.get("/audit?since=soon", headers=HTML)).text
    answer = await server.admin.post("/audit/verify", headers=HTML)
    assert (answer.status_code, answer.headers["location"]) == (303, "/audit")
    viewed = (await server.viewer.get("/audit", headers=HTML)).text
    assert "@example.test" not in viewed.split("<main")[1]
    assert "Verify now" not in viewed
    assert (await server.viewer.post("/audit/verify", headers=HTML)).status_code == 403


async def test_a_broken_log_is_announced(server: Server) -> None:
    await server.kernel.db.write(lambda tx: tx.run("UPDATE event_log SET subject = 'x' WHERE seq = 2"))
    await server.kernel.audit.verify()
    assert "The log is not as it was written." in (await server.viewer.get("/audit", headers=HTML)).text
