"""The contract: nothing that the schema allows makes a server error, and messages are as the AsyncAPI page says."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import schemathesis
import yaml
from hypothesis import HealthCheck, given, settings
from schemathesis.core.result import Ok

from gonogo.settings.fanout.hub import HEARTBEAT_S
from tests.fake_clock import FakeClock
from tests.people import Server
from tests.settings.stage import listen, put, receive

ASYNCAPI = Path(__file__).parents[2] / "docs" / "reference" / "settings-websocket.asyncapi.yaml"
EXAMPLES = 12


async def test_no_request_makes_a_server_error(stage: Server) -> None:
    document = (await stage.admin.get("/api/schema")).json()
    document["paths"] = {path: item for path, item in document["paths"].items() if path.startswith("/api/settings")}
    schema = schemathesis.openapi.from_dict(document)
    operations = [found.ok() for found in schema.get_all_operations() if isinstance(found, Ok)]
    assert len(operations) >= 20
    headers = {"Authorization": stage.admin.headers["Authorization"]}

    def call(case: Any) -> None:
        answer = case.call(base_url=stage.url, headers=headers, timeout=30)
        assert answer.status_code < 500, (case.as_curl_command(), answer.text)

    for operation in operations:
        bounded = settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck), database=None)
        await asyncio.to_thread(bounded(given(case=operation.as_strategy())(call)))


def read_payloads() -> dict[str, Any]:
    """The JSON Schema of each message, with the schemas it refers to."""
    document = yaml.safe_load(ASYNCAPI.read_text(encoding="utf-8"))
    assert document["asyncapi"].startswith("3.")
    components = document["components"]
    return {
        name: {**message["payload"], "components": {"schemas": components["schemas"]}}
        for name, message in components["messages"].items()
    }


async def test_messages_are_as_described(stage: Server, clock: FakeClock) -> None:
    payloads = read_payloads()
    async with listen(stage) as socket:
        messages = [await receive(socket), await receive(socket)]
        await put(stage, "physics.iterations", 7)
        messages.append(await receive(socket))
        await stage.operator.post("/api/settings/presets/low/apply")
        messages.append(await receive(socket))
        clock.advance(HEARTBEAT_S)
        messages.append(yaml.safe_load(await socket.recv()))
    assert [message["type"] for message in messages] == ["hello", "snapshot", "change", "batch", "heartbeat"]
    assert set(payloads) == {message["type"] for message in messages} | {"pong"}
    for message in messages:
        jsonschema_rs.validator_for(payloads[message["type"]]).validate(message)


@pytest.mark.parametrize("name", ["hello", "snapshot", "change", "batch", "heartbeat"])
def test_a_message_without_its_type_is_not_as_described(name: str) -> None:
    assert not jsonschema_rs.validator_for(read_payloads()[name]).is_valid({"type": "other"})
