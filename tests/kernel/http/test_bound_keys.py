"""What a stolen key is good for: its scope, its host, its prefix, its types, and nothing else."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any

import httpx
import pytest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from gonogo.kernel.db.event_log import find_events
from gonogo.kernel.events.event import Event
from gonogo.kernel.http.authentication import is_on_this_machine
from gonogo.observe.commands.ingest import AHEAD_S
from gonogo.observe.metrics import NAMES
from tests.fake_clock import FakeClock
from tests.people import Server, create_key, grant_commands

INGEST = "/api/v1/observability/infrastructure/ingest"
SHELL = {"type": "shell", "payload": {"command": "id"}}


class Holders:
    """Clients that hold keys, closed with the test."""

    def __init__(self, server: Server, opened: AsyncExitStack) -> None:
        self.server = server
        self._opened = opened

    async def open(self, *scopes: str, **bound: Any) -> httpx.AsyncClient:
        token = await create_key(self.server.admin, *scopes, **bound)
        return await self.open_token(token)

    async def open_token(self, token: str, **headers: str) -> httpx.AsyncClient:
        sent = {"Authorization": f"Bearer {token}", **headers}
        return await self._opened.enter_async_context(httpx.AsyncClient(base_url=self.server.url, headers=sent))

    async def list_events(self, name: str) -> list[Event]:
        return await self.server.kernel.db.read(lambda tx: find_events(tx, names=(name,)))


@pytest.fixture
async def holders(server: Server) -> AsyncIterator[Holders]:
    async with AsyncExitStack() as opened:
        yield Holders(server, opened)


def make_report(host: str, at: float) -> dict[str, Any]:
    return {"host": host, "samples": [{"at": int(at), "values": [1.0] * len(NAMES)}]}


def make_export(origin: str, name: str = "till.open", **labels: str) -> bytes:
    request = ExportMetricsServiceRequest()
    resource = request.resource_metrics.add()
    attribute = resource.resource.attributes.add()
    attribute.key, attribute.value.string_value = "host.name", origin
    metric = resource.scope_metrics.add().metrics.add()
    metric.name = name
    point = metric.gauge.data_points.add(as_double=1.0)
    for key, value in labels.items():
        point.attributes.add(key=key).value.string_value = value
    return request.SerializeToString()


async def test_a_hosts_key_reports_for_that_host_only(holders: Holders, clock: FakeClock) -> None:
    agent, now = await holders.open("observe:write", host="web-1"), clock.now().timestamp()
    assert (await agent.post(INGEST, json=make_report("web-1", now))).status_code == 200
    for _ in range(3):
        refused = await agent.post(INGEST, json=make_report("web-2", now))
        assert (refused.status_code, refused.json()["type"]) == (403, "/problems/out-of-bounds")
    (event,) = await holders.list_events("key.out_of_bounds")
    assert (event.data["asked"], event.data["bound"]) == ("the host web-2", "host web-1")
    hosts = (await holders.server.viewer.get("/api/v1/observability/infrastructure/hosts")).json()["data"]
    assert "web-2" not in str(hosts)


async def test_otlp_from_another_host_is_refused(holders: Holders) -> None:
    agent = await holders.open("observe:write", host="web-1")
    headers = {"Content-Type": "application/x-protobuf"}
    assert (await agent.post("/v1/metrics", content=make_export("web-1"), headers=headers)).status_code == 200
    assert (await agent.post("/v1/metrics", content=make_export("web-2"), headers=headers)).status_code == 403
    signals = holders.server.kernel.signals
    assert signals.find_samples("till.open")
    sneaky = make_export("web-1", "host.memory", host="web-2")
    assert (await agent.post("/v1/metrics", content=sneaky, headers=headers)).status_code == 200
    assert signals.find_samples("host.memory", {"host": "web-2"}) == []


@pytest.mark.parametrize(("ahead", "status"), [(AHEAD_S, 200), (AHEAD_S + 5, 422), (10**9, 422)])
async def test_samples_of_the_future_are_refused(holders: Holders, clock: FakeClock, ahead: int, status: int) -> None:
    agent = await holders.open("observe:write", host="web-1")
    answer = await agent.post(INGEST, json=make_report("web-1", clock.now().timestamp() + ahead))
    assert answer.status_code == status
    if status == 422:
        assert answer.json()["field"] == "samples"
        assert "in the future" in answer.json()["detail"]
        assert "Set the clock of web-1" in answer.json()["detail"]


async def test_a_hosts_key_opens_nothing_else(holders: Holders) -> None:
    agent = await holders.open("observe:write", host="web-1")
    for method, path, scope in (
        ("POST", "/api/jobs", "jobs:enqueue"),
        ("POST", "/api/releases", "releases:run"),
        ("POST", "/api/people", "admin"),
        ("POST", "/api/keys", "admin"),
        ("POST", "/api/services/web/swap", "admin"),
        ("POST", "/api/signals/process.rss", "signals:write"),
        ("GET", "/api/settings", "settings:read"),
        ("POST", "/api/queue/claim", "queue:work"),
        ("GET", "/people", "admin"),
    ):
        refused = await agent.request(method, path, json=SHELL if method == "POST" else None)
        assert (refused.status_code, refused.json()["required_scope"]) == (403, scope), path
        assert scope in refused.json()["detail"]


async def test_a_socket_needs_its_scope_as_well(holders: Holders) -> None:
    address = holders.server.url.replace("http", "ws", 1) + "/api/settings/ws"
    reads = await create_key(holders.server.admin, "settings:read")
    async with connect(address, additional_headers={"Authorization": f"Bearer {reads}"}, proxy=None):
        pass
    other = await create_key(holders.server.admin, "metrics:read")
    with pytest.raises(InvalidStatus) as refused:
        await connect(address, additional_headers={"Authorization": f"Bearer {other}"}, proxy=None)
    assert refused.value.response.status_code == 403


async def test_a_prefix_holds_and_a_signal_with_a_source_is_no_ones(holders: Holders) -> None:
    script = await holders.open("signals:write", prefix="shop.")
    assert (await script.post("/api/signals/shop.orders", json={"values": [1]})).status_code == 200
    assert (await script.post("/api/signals/bank.orders", json={"values": [1]})).status_code == 403
    anywhere = await holders.open("signals:write", prefix="*")
    taken = await anywhere.post("/api/signals/process.rss", json={"values": [0.1] * 9000})
    assert (taken.status_code, taken.json()["type"]) == (409, "/problems/signal-has-source")


async def claim(client: httpx.AsyncClient, worker: str, *types: str) -> httpx.Response:
    body = {"worker": worker, "capabilities": [f"type={name}" for name in types], "n": 1, "nonce": worker}
    return await client.post("/api/queue/claim", json=body)


async def test_a_workers_key_ends_at_its_types_and_connectors(holders: Holders) -> None:
    by_type = await holders.open("queue:work", types=["report", "mail.*"])
    assert (await claim(by_type, "w1", "report", "mail.send")).status_code == 200
    assert (await claim(by_type, "w1", "report", "shell")).status_code == 403
    by_connector = await holders.open("queue:work", connectors=["python"])
    assert (await claim(by_connector, "w2", "report")).status_code == 200
    assert (await claim(by_connector, "w2", "shell")).status_code == 403
    register = {"id": "w2", "capabilities": ["connector=shell"]}
    assert (await by_connector.post("/api/queue/register", json=register)).status_code == 403
    assert (await by_connector.post("/api/jobs", json=SHELL)).status_code == 403


async def test_nobody_works_or_reports_as_another_worker(holders: Holders) -> None:
    job = (await holders.server.operator.post("/api/jobs", json={"type": "report"})).json()["data"]["id"]
    first, second = await holders.open("queue:work"), await holders.open("queue:work")
    (claimed,) = (await claim(first, "w1", "report")).json()["data"]
    result = {"id": claimed["id"], "fence": claimed["fence"], "value": "forged"}
    taken = await second.post("/api/queue/finish", json={"worker": "w1", "results": [result]})
    assert (taken.status_code, taken.json()["type"]) == (409, "/problems/worker-taken")
    elsewhere = await second.post("/api/queue/finish", json={"worker": "w2", "results": [result]})
    assert (elsewhere.status_code, elsewhere.json()["type"]) == (409, "/problems/job-elsewhere")
    beat = {"worker": "w2", "running": [{"id": claimed["id"], "fence": claimed["fence"], "message": "forged"}]}
    assert (await second.post("/api/queue/beat", json=beat)).status_code == 409
    assert len(await holders.list_events("queue.worker_refused")) == 1
    assert {event.subject for event in await holders.list_events("job.result_refused")} == {job}
    done = await first.post("/api/queue/finish", json={"worker": "w1", "results": [result | {"value": "real"}]})
    assert done.status_code == 200
    view = (await holders.server.viewer.get(f"/api/jobs/{job}")).json()["data"]
    assert (view["state"], view["value"]) == ("done", "real")


async def test_a_key_for_some_jobs_sees_and_stops_no_others(holders: Holders) -> None:
    mine = await holders.open("jobs:enqueue", types=["report"])
    made = (await mine.post("/api/jobs", json={"type": "report"})).json()["data"]["id"]
    other = (await holders.server.operator.post("/api/jobs", json={"type": "mail"})).json()["data"]["id"]
    assert (await mine.get(f"/api/jobs/{made}")).status_code == 200
    assert (await mine.get("/api/jobs", params={"type": "report"})).status_code == 200
    for method, path in (
        ("GET", f"/api/jobs/{other}"),
        ("GET", f"/api/jobs/{other}/log"),
        ("POST", f"/api/jobs/{other}/cancel"),
        ("GET", "/api/jobs"),
        ("GET", "/api/jobs?type=mail"),
    ):
        assert (await mine.request(method, path)).status_code == 403, path
    assert (await mine.post("/api/jobs", json={"type": "mail"})).status_code == 403


async def test_a_new_command_needs_the_permission_and_the_event_names_it(holders: Holders) -> None:
    server = holders.server
    key = await holders.open("jobs:enqueue", "releases:run")
    text = {"markdown": "# x\n\n## Deploy\n```bash\nid\n```\n"}
    loading = {"path": "/srv/x.md", "vars": {"BASH_ENV": "/tmp/x"}}
    schedule = {"cron": "* * * * *", "job": SHELL}
    for client in (key, server.operator):
        for method, path, body in (
            ("POST", "/api/jobs", SHELL),
            ("POST", "/api/jobs", {"jobs": [{"type": "report"}, SHELL]}),
            ("POST", "/api/releases", text),
            ("POST", "/api/releases", loading),
        ):
            refused = await client.request(method, path, json=body)
            assert (refused.status_code, refused.json().get("required_permission")) == (403, "commands:run"), path
    typed: list[tuple[str, str, dict[str, Any]]] = [
        ("POST", "/api/checklists", {"name": "x", **text}),
        ("PUT", "/api/queue/schedules/nightly", schedule),
        ("POST", "/api/actions/secrets.scan", {"options": {"path": "/etc"}}),
        ("POST", "/api/agents", {"template": "worker", "modules": "os"}),
    ]
    for method, path, body in typed:
        refused = await server.operator.request(method, path, json=body)
        assert (refused.status_code, refused.json().get("required_permission")) == (403, "commands:run"), path
    await grant_commands(server)
    assert (await server.operator.post("/api/jobs", json=SHELL)).status_code == 201
    assert (await server.operator.post("/api/checklists", json={"name": "x", **text})).status_code == 201
    for name in ("job.command_enqueued", "checklist.saved"):
        (event,) = await holders.list_events(name)
        assert (event.data["permission"], event.actor_name) == ("commands:run", "operator@example.test")


async def test_a_member_ticks_and_silences_and_starts_nothing(server: Server) -> None:
    assert (await server.viewer.post("/api/follow-ups/none/tick")).status_code == 403
    assert (await server.member.post("/api/follow-ups/none/tick")).status_code == 404
    path = "/api/v1/observability/infrastructure/alerts/silences"
    silence = {"matchers": {"rule": "disk"}, "reason": "moving"}
    assert (await server.viewer.post(path, json=silence)).status_code == 403
    made = await server.member.post(path, json=silence)
    assert made.status_code == 201
    for start, body in (("/api/jobs", {"type": "report"}), ("/api/releases", {"path": "/srv/x.md"})):
        refused = await server.member.post(start, json=body)
        assert (refused.status_code, refused.json()["required_role"]) == (403, "operator")


async def test_the_local_key_comes_from_this_machine_and_no_proxy(holders: Holders) -> None:
    token = (holders.server.kernel.config.folder / "local.key").read_text().strip()
    here = await holders.open_token(token)
    assert (await here.get("/api/v1/auth/me")).status_code == 200
    for header in ("X-Forwarded-For", "Forwarded", "X-Real-IP"):
        proxied = await holders.open_token(token, **{header: "127.0.0.1"})
        assert (await proxied.get("/api/v1/auth/me")).status_code == 401


@pytest.mark.parametrize(
    ("client", "here"),
    [
        (("127.0.0.1", 1), True),
        (("127.9.9.9", 1), True),
        (("::1", 1), True),
        (("::ffff:127.0.0.1", 1), True),
        (None, True),
        (("10.0.0.5", 1), False),
        (("::ffff:10.0.0.5", 1), False),
        (("testclient", 1), False),
    ],
)
def test_what_counts_as_this_machine(client: tuple[str, int] | None, here: bool) -> None:
    assert is_on_this_machine({"client": client, "headers": []}) is here  # type: ignore[typeddict-item, arg-type]
