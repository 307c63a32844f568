"""The audit over HTTP: administrators verify and export, and everybody may have the key."""

from __future__ import annotations

import json

from gonogo.kernel.audit.export import verify_export
from gonogo.kernel.audit.signing import read_public_key
from gonogo.kernel.db.event_log import find_events
from tests.people import Server


async def test_the_log_is_verified_and_exported_by_administrators(server: Server) -> None:
    proof = (await server.admin.get("/api/audit/verify")).json()["data"]
    assert proof["ok"], proof
    assert proof["entries"] == proof["last_seq"] > 0
    again = await server.admin.get("/api/audit/verify", params={"head": proof["head"].upper(), "key": proof["key"]})
    assert again.json()["data"]["ok"]
    answer = await server.admin.get("/api/audit/export", params={"from": "2026-03-02", "to": "2026-03-02"})
    assert answer.headers["content-type"].startswith("application/jsonl")
    lines = answer.content.splitlines()
    assert len(lines) == proof["entries"] + 1
    assert json.loads(lines[1])["name"] == "person.added"
    [exported] = await server.kernel.db.read(lambda tx: find_events(tx, names=("audit.exported",)))
    assert exported.data == {"from": "2026-03-02", "to": "2026-03-02", "format": "jsonl"}
    key = (await server.viewer.get("/api/audit/key")).json()["data"]
    assert read_public_key(key["pem"]) == key["key"] == proof["key"]
    assert verify_export(lines, key["key"]).ok
    for client in (server.viewer, server.operator, server.approver):
        for path in ("verify", "export"):
            assert (await client.get(f"/api/audit/{path}")).status_code == 403


async def test_what_can_not_be_read_is_named(server: Server) -> None:
    for params, field in (({"head": "abc"}, "head"), ({"key": "abc"}, "key")):
        answer = await server.admin.get("/api/audit/verify", params=params)
        assert (answer.status_code, answer.json()["field"]) == (422, field)
    answer = await server.admin.get("/api/audit/export", params={"from": "soon"})
    assert (answer.status_code, answer.json()["field"]) == (422, "from")
