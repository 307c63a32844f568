"""Hooks of others: only what is genuine comes in, once, as it came."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from sqlalchemy import text
from standardwebhooks import Webhook

from tests.fake_clock import FakeClock
from tests.people import Server
from tests.webhooks.receiver import until

SECRET = "a shared secret of some length"
STANDARD = "whsec_" + base64.b64encode(b"thirty-two bytes of a shared key").decode()
BODY = json.dumps({"id": "evt_1", "type": "invoice.paid", "event_id": "Ev1", "note": "für Zoë"}).encode()
KINDS = ("standard", "github", "stripe", "slack", "generic")
GENERIC = {
    "header": "X-Sig",
    "prefix": "sha512=",
    "algorithm": "sha512",
    "encoding": "base64",
    "timestamp_header": "X-Time",
    "id_header": "X-Id",
    "type_header": "X-Type",
}


def sign(data: bytes, digest: str = "sha256") -> hmac.HMAC:
    return hmac.new(SECRET.encode(), data, digest)


def make_headers(kind: str, body: bytes, now: float) -> dict[str, str]:
    """What this kind of sender sends along."""
    at = str(int(now))
    if kind == "standard":
        moment = datetime.fromtimestamp(int(now), UTC)
        signature = Webhook(STANDARD).sign("msg_1", moment, body.decode())
        return {"webhook-id": "msg_1", "webhook-timestamp": at, "webhook-signature": f"v1a,AAAA {signature}"}
    if kind == "github":
        signature = "sha256=" + sign(body).hexdigest()
        return {"X-Hub-Signature-256": signature, "X-GitHub-Delivery": "d-1", "X-GitHub-Event": "push"}
    if kind == "stripe":
        return {"Stripe-Signature": f"t={at},v1={'0' * 64},v1={sign(at.encode() + b'.' + body).hexdigest()}"}
    if kind == "slack":
        signature = "v0=" + sign(f"v0:{at}:".encode() + body).hexdigest()
        return {"X-Slack-Signature": signature, "X-Slack-Request-Timestamp": at}
    encoded = base64.b64encode(sign(at.encode() + b"." + body, "sha512").digest()).decode()
    return {"X-Sig": f"sha512={encoded}", "X-Time": at, "X-Id": "g-1", "X-Type": "tide.turned"}


async def add_source(server: Server, kind: str, **more: Any) -> None:
    secret = STANDARD if kind == "standard" else SECRET
    body = {"name": kind, "kind": kind, "secret": secret, **more}
    if kind == "generic":
        body.setdefault("options", GENERIC)
    answer = await server.admin.post("/api/webhooks/sources", json=body)
    assert answer.status_code == 201, answer.text


async def knock(server: Server, kind: str, headers: dict[str, str], body: bytes = BODY) -> httpx.Response:
    return await server.stranger.post(f"/hooks/{kind}", content=body, headers=headers)


@pytest.mark.parametrize(
    ("kind", "external_id", "type"),
    [
        ("standard", "msg_1", "invoice.paid"),
        ("github", "d-1", "push"),
        ("stripe", "evt_1", "invoice.paid"),
        ("slack", "Ev1", "invoice.paid"),
        ("generic", "g-1", "tide.turned"),
    ],
)
async def test_a_genuine_hook_comes_in_once(
    server: Server, clock: FakeClock, kind: str, external_id: str, type: str
) -> None:
    await add_source(server, kind)
    headers = make_headers(kind, BODY, clock.now().timestamp())
    first, again = await knock(server, kind, headers), await knock(server, kind, headers)
    assert (first.status_code, again.status_code) == (200, 200)
    assert first.json()["data"]["duplicate"] is False
    assert again.json()["data"] == {"id": None, "duplicate": True}
    [hook] = (await server.viewer.get("/api/webhooks/received")).json()["data"]
    assert (hook["external_id"], hook["type"], hook["source"]) == (external_id, type, kind)
    record = (await server.viewer.get(f"/api/webhooks/received/{hook['id']}")).json()["data"]
    assert record["body"].encode() == BODY
    [event] = (await server.viewer.get("/api/events", params={"name": "hook.received"})).json()["data"]
    assert (event["subject"], event["data"]["id"], event["actor_name"]) == (kind, hook["id"], kind)


@pytest.mark.parametrize(("kind", "header"), [("github", "X-GitHub-Delivery"), ("generic", "X-Id")])
async def test_the_same_hook_under_another_id_is_a_replay(
    server: Server, clock: FakeClock, kind: str, header: str
) -> None:
    await add_source(server, kind)
    headers = make_headers(kind, BODY, clock.now().timestamp())
    assert (await knock(server, kind, headers)).json()["data"]["duplicate"] is False
    replay = await knock(server, kind, headers | {header: "another"})
    assert replay.json()["data"] == {"id": None, "duplicate": True}
    assert len((await server.viewer.get("/api/webhooks/received")).json()["data"]) == 1
    clock.advance(1)
    body = BODY + b" "
    later = make_headers(kind, body, clock.now().timestamp()) | {header: "another"}
    assert (await knock(server, kind, later, body)).json()["data"]["duplicate"] is False


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("harm", ["body", "signature", "missing"])
async def test_what_is_not_genuine_stays_out(server: Server, clock: FakeClock, kind: str, harm: str) -> None:
    await add_source(server, kind)
    headers = make_headers(kind, BODY, clock.now().timestamp())
    [name] = [name for name in headers if "sig" in name.lower()]
    body = BODY + b" " if harm == "body" else BODY
    if harm == "signature":
        headers[name] = headers[name][:-3] + "abc"
    elif harm == "missing":
        del headers[name]
    refused = await knock(server, kind, headers, body)
    assert (refused.status_code, refused.json()["type"]) == (401, "/problems/signature-mismatch")
    assert (await server.viewer.get("/api/webhooks/received")).json()["data"] == []
    assert f'hooks_received_total{{result="rejected",source="{kind}"}} 1.0' in (await server.admin.get("/metrics")).text


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "github"])
@pytest.mark.parametrize("seconds", [-301, 301])
async def test_an_old_or_early_hook_stays_out(server: Server, clock: FakeClock, kind: str, seconds: int) -> None:
    await add_source(server, kind)
    headers = make_headers(kind, BODY, clock.now().timestamp() + seconds)
    assert (await knock(server, kind, headers)).status_code == 401
    inside = make_headers(kind, BODY, clock.now().timestamp() + seconds * 0.99)
    assert (await knock(server, kind, inside)).status_code == 200


@pytest.mark.parametrize("value", ["nan", "inf", "-inf", "soon", "", "9" * 400])
async def test_a_time_that_is_none_stays_out(server: Server, clock: FakeClock, value: str) -> None:
    await add_source(server, "slack")
    signature = "v0=" + sign(f"v0:{value}:".encode() + BODY).hexdigest()
    headers = {"X-Slack-Signature": signature, "X-Slack-Request-Timestamp": value}
    assert (await knock(server, "slack", headers)).status_code == 401


async def test_slack_gets_its_challenge_back(server: Server, clock: FakeClock) -> None:
    await add_source(server, "slack")
    body = b'{"type": "url_verification", "challenge": "tide"}'
    answer = await knock(server, "slack", make_headers("slack", body, clock.now().timestamp()), body)
    assert (answer.status_code, answer.text) == (200, "tide")
    assert (await server.viewer.get("/api/webhooks/received")).json()["data"] == []


async def test_bytes_that_are_no_text_are_kept_as_they_came(server: Server) -> None:
    await add_source(server, "github")
    body = bytes(range(256))
    assert (await knock(server, "github", make_headers("github", body, 0), body)).status_code == 200
    stored = await server.kernel.db.read(lambda tx: tx.execute(text("SELECT body FROM webhook_received")).scalar_one())
    assert stored == body
    assert hashlib.sha256(stored).digest() == hashlib.sha256(body).digest()


async def test_a_hook_without_an_id_counts_once_as_sent(server: Server) -> None:
    await add_source(server, "generic", options={})
    headers = {"X-Signature": sign(BODY).hexdigest()}
    answers = [(await knock(server, "generic", headers)).json()["data"]["duplicate"] for _ in range(2)]
    assert answers == [False, True]


async def test_a_hook_too_large_is_refused(server: Server) -> None:
    await add_source(server, "github")
    body = b"x" * (5 * 1024 * 1024 + 1)
    assert (await knock(server, "github", make_headers("github", body, 0), body)).status_code == 413


async def test_nobody_listens_at_an_unknown_name(server: Server) -> None:
    answer = await knock(server, "nobody", {})
    assert (answer.status_code, answer.json()["type"]) == (404, "/problems/source-not-found")


async def get_job(server: Server, type: str) -> Any:
    async def look() -> Any:
        return (await server.viewer.get(f"/api/jobs?type={type}")).json()["data"]

    [job] = await until(look, "the job is taken in")
    return job


async def test_a_hook_becomes_one_job_that_a_worker_can_take(server: Server) -> None:
    await add_source(server, "github", job="mirror.pull")
    for _ in range(2):
        await knock(server, "github", make_headers("github", BODY, 0))
    job = await get_job(server, "mirror.pull")
    assert job["state"] == "ready"
    payload = job["payload"]
    assert (payload["source"], payload["type"], payload["body"]) == ("github", "push", BODY.decode())


async def test_a_body_too_large_for_a_job_is_read_where_it_is_kept(server: Server) -> None:
    await add_source(server, "github", job="mirror.pull")
    body = b'"' + b"x" * 300_000 + b'"'
    await knock(server, "github", make_headers("github", body, 0), body)
    job = await get_job(server, "mirror.pull")
    assert job["payload"]["body"] is None
    kept = (await server.viewer.get(f"/api/webhooks/received/{job['payload']['id']}")).json()["data"]
    assert kept["body"] == body.decode()


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"job": "a b"}, "job"),
        ({"options": {"header": "X-Sig"}}, "options"),
        ({"kind": "generic", "options": {"header": "X Sig"}}, "options.header"),
    ],
)
async def test_a_bad_source_is_refused_by_its_field(server: Server, more: Any, field: str) -> None:
    new = {"name": "mirror", "kind": "github"} | more
    answer = await server.admin.post("/api/webhooks/sources", json=new)
    assert (answer.status_code, answer.json()["field"]) == (422, field)
    assert "regex" not in answer.json()["detail"]
