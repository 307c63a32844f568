"""Who is no administrator reads no e-mail addresses in events."""

from __future__ import annotations

from gonogo.kernel.events.event import Event
from gonogo.kernel.events.privacy import hide_emails
from tests.people import Server


def test_addresses_are_hidden_wherever_they_stand() -> None:
    data = {"email": "ann@example.test", "changed": ["by bob+x@a.b-c.test, root@vm", 3, None], "bo@x.test": {"a": "b"}}
    hidden = hide_emails(Event(name="a.b", subject="s", at="now", actor_name="eve@example.test", data=data))
    assert hidden.actor_name == "eve@…"
    assert hidden.data == {"email": "ann@…", "changed": ["by bob+x@…, root@…", 3, None], "bo@…": {"a": "b"}}


async def test_viewers_read_no_addresses(server: Server) -> None:
    await server.stranger.post("/api/v1/auth/login", json={"email": "ann@secret.test", "password": "wrong"})
    for path in ("/api/events", "/audit"):
        assert "ann@secret.test" in (await server.admin.get(path)).text
        for client in (server.viewer, server.operator, server.approver):
            text = (await client.get(path)).text
            assert "ann@" in text
            assert "@secret.test" not in text
            assert "admin@example.test" not in text
