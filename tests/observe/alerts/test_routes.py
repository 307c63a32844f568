"""The API of alerts: who may do what, and what the answers hold."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from gonogo.client.gonogo import AsyncGonogo
from gonogo.kernel.signals import Signal
from gonogo.observe.alerts.board import read_alert_lights, read_alert_panels
from tests.fake_clock import FakeClock
from tests.observe.alerts.stage import pass_time, run_receiver
from tests.observe.stage import PATH
from tests.people import Server

ALERTS = f"{PATH}/alerts"
BUSY: dict[str, Any] = {"expression": "test.load > 5 for 20s", "severity": "critical", "description": "Too much to do."}


async def fire(server: Server, clock: FakeClock) -> dict[str, Any]:
    """Add a rule, let it fire on host web1, and give the alert."""
    clock.advance(2)
    server.kernel.signals.declare(Signal("test.load", "", "", ("host",), "test"))
    answer = await server.operator.put(f"{ALERTS}/rules/busy", json=BUSY)
    assert answer.status_code == 200, answer.text
    for _ in range(3):
        at = clock.now() + timedelta(seconds=10)
        server.kernel.signals.record("test.load", 9, {"host": "web1"}, at=at)
        await pass_time(server.kernel, clock)
    [alert] = (await server.viewer.get(f"{ALERTS}?rule=busy")).json()["data"]
    found: dict[str, Any] = alert
    return found


@pytest.mark.parametrize("name", ["", "/open", "/rules", "/silences", "/ledger", "/channels", "/rules/host-silent"])
async def test_everything_can_be_looked_at_with_a_login(server: Server, name: str) -> None:
    answer = await server.viewer.get(f"{ALERTS}{name}")
    assert answer.status_code == 200, answer.text
    assert answer.json()["status"] == "success"
    assert (await server.stranger.get(f"{ALERTS}{name}")).status_code == 401


async def test_an_alert_tells_value_threshold_and_the_next_word(server: Server, clock: FakeClock) -> None:
    alert = await fire(server, clock)
    assert (alert["state"], alert["host"], alert["value"], alert["threshold"]) == ("firing", "web1", 9.0, 5.0)
    assert alert["muted"] == "no channel is configured"
    [shown] = (await server.viewer.get(f"{ALERTS}/open")).json()["data"]
    assert (shown["shown_value"], shown["condition"], shown["firing"]) == ("9", "test.load > 5 for 20s", True)
    one = (await server.viewer.get(f"{ALERTS}/{alert['id']}")).json()["data"]
    assert one == alert
    [line] = (await server.viewer.get(f"{ALERTS}/ledger?alert={alert['id']}")).json()["data"]
    assert (line["outcome"], line["reason"]) == ("suppressed", "no channel is configured")
    for state, count in (("firing", 1), ("open", 1), ("resolved", 0), ("all", 1)):
        assert len((await server.viewer.get(f"{ALERTS}?state={state}")).json()["data"]) == count


async def test_lists_page_by_cursor(server: Server, clock: FakeClock) -> None:
    await fire(server, clock)
    await server.operator.put(f"{ALERTS}/rules/busier", json=BUSY | {"lasting": None, "expression": "test.load > 6"})
    await pass_time(server.kernel, clock)
    first = (await server.viewer.get(f"{ALERTS}?limit=1")).json()
    rest = (await server.viewer.get(f"{ALERTS}?limit=1&cursor={first['next_cursor']}")).json()
    assert [first["data"][0]["rule"], rest["data"][0]["rule"]] == ["busier", "busy"]
    lines = (await server.viewer.get(f"{ALERTS}/ledger?limit=1")).json()
    assert lines["data"][0]["seq"] > int(lines["next_cursor"]) - 1


async def test_acknowledging_needs_the_role_and_a_firing_alert(server: Server, clock: FakeClock) -> None:
    alert = await fire(server, clock)
    path = f"{ALERTS}/{alert['id']}/ack"
    assert (await server.viewer.post(path, json={})).status_code == 403
    done = await server.operator.post(path, json={"note": "on it"})
    assert (done.json()["data"]["acknowledged_by"], done.json()["data"]["acknowledged_note"]) == (
        "operator@example.test",
        "on it",
    )
    missing = await server.operator.post(f"{ALERTS}/nothing/ack", json={})
    assert (missing.status_code, missing.json()["type"]) == (404, "/problems/alert-not-found")


async def test_silences_begin_and_end(server: Server) -> None:
    body = {"matchers": {"host": "web*"}, "reason": "moving racks", "lasting": "2h"}
    assert (await server.viewer.post(f"{ALERTS}/silences", json=body)).status_code == 403
    made = (await server.operator.post(f"{ALERTS}/silences", json=body)).json()["data"]
    assert [one["id"] for one in (await server.viewer.get(f"{ALERTS}/silences")).json()["data"]] == [made["id"]]
    assert (await server.operator.delete(f"{ALERTS}/silences/{made['id']}")).status_code == 200
    assert (await server.operator.delete(f"{ALERTS}/silences/{made['id']}")).status_code == 404
    assert (await server.viewer.get(f"{ALERTS}/silences")).json()["data"] == []


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"matchers": {}}, "matchers"),
        ({"lasting": "soon"}, "lasting"),
        ({"lasting": "0s"}, "lasting"),
        ({"lasting": "9000d"}, "lasting"),
        ({"reason": ""}, "reason"),
    ],
)
async def test_a_wrong_silence_is_told_what_is_wrong(server: Server, changes: dict[str, Any], field: str) -> None:
    body = {"matchers": {"host": "web1"}, "reason": "x", "lasting": "1h"} | changes
    answer = await server.operator.post(f"{ALERTS}/silences", json=body)
    assert (answer.status_code, answer.json()["field"]) == (422, field)


@pytest.mark.parametrize(
    ("name", "changes", "status", "field"),
    [
        ("busy", {"expression": "host.cpu >"}, 422, "expression"),
        ("busy", {"expression": "host.cpu > 5ms"}, 422, "expression"),
        ("busy", {"expression": "host.cpu > 5%", "reminder": "-1s"}, 422, "reminder"),
        ("busy", {"channels": ["pager"]}, 422, "channels"),
        ("Busy!", {}, 422, "name"),
    ],
)
async def test_a_wrong_rule_is_told_what_is_wrong(
    server: Server, name: str, changes: dict[str, Any], status: int, field: str
) -> None:
    answer = await server.operator.put(f"{ALERTS}/rules/{name}", json=BUSY | changes)
    assert (answer.status_code, answer.json()["field"]) == (status, field)


async def test_what_a_rule_says_can_be_put_back(server: Server) -> None:
    path = f"{ALERTS}/rules/busy"
    shown = (await server.operator.put(path, json=BUSY | {"no_data": "fire"})).json()["data"]
    assert (shown["no_data"], shown["blind"]) == ("fire", 0)
    asked = {name: shown[name] for name in ("expression", "severity", "cooldown", "no_data", "mutes", "channels")}
    assert (await server.operator.put(path, json=asked)).status_code == 200


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("?state=loud", "state"),
        ("?cursor=next", "cursor"),
        ("/ledger?cursor=9999999999999999999999", "cursor"),
        ("/ledger?outcome=lost", "outcome"),
        ("/ledger?since=soon", "since"),
    ],
)
async def test_a_wrong_question_is_told_what_is_wrong(server: Server, query: str, field: str) -> None:
    answer = await server.viewer.get(f"{ALERTS}{query}")
    assert (answer.status_code, answer.json().get("field")) == (422, field), answer.text


@pytest.mark.parametrize("url", ["nobody", "http://", "http://[bad", "http://a b/"])
async def test_an_address_that_is_given_must_be_one(server: Server, url: str) -> None:
    answer = await server.admin.post(f"{ALERTS}/evaluate", json={"slack_webhook": url})
    assert (answer.status_code, answer.json().get("field")) == (422, "slack_webhook"), answer.text


async def test_a_default_is_replaced_and_comes_back(server: Server) -> None:
    path = f"{ALERTS}/rules/host-cpu-critical"
    assert (await server.operator.delete(path)).json()["type"] == "/problems/alert-rule-fixed"
    await server.operator.put(path, json={"expression": "host.cpu >= 99%", "severity": "critical", "enabled": False})
    assert (await server.viewer.get(path)).json()["data"]["state"] == "off"
    assert (await server.operator.delete(path)).status_code == 200
    assert (await server.viewer.get(path)).json()["data"]["condition"] == "host.cpu >= 90% for 5m"


async def test_looking_now_tells_at_once_also_an_address_that_is_given(server: Server, clock: FakeClock) -> None:
    await fire(server, clock)
    async with run_receiver() as receiver:
        body = {"slack_webhook": receiver.url}
        assert (await server.operator.post(f"{ALERTS}/evaluate", json=body)).status_code == 403
        answer = await server.admin.post(f"{ALERTS}/evaluate", json=body)
        assert [(one["rule"], one["outcome"]) for one in answer.json()["data"]["decisions"]] == [("busy", "queued")]
        assert "secret" not in answer.text
        from gonogo.observe.commands.alerts_sending import deliver_due

        await deliver_due(server.kernel)
        assert [body["text"] for body in receiver.bodies] == [
            "[development] FIRING critical: busy on test.load{host=web1}"
        ]
        ledger = await server.viewer.get(f"{ALERTS}/ledger?rule=busy")
        assert ledger.json()["data"][0]["channel"] == "slack (given)"
        assert "secret" not in ledger.text
        again = await server.admin.post(f"{ALERTS}/evaluate", json=body)
        assert again.json()["data"]["decisions"] == [], "told once"


async def test_the_front_page_shows_it(server: Server, clock: FakeClock) -> None:
    [light] = await read_alert_lights(server.kernel)
    assert light.state == "go"
    alert = await fire(server, clock)
    [light] = await read_alert_lights(server.kernel)
    assert (light.state, light.reason) == ("no_go", "busy: test.load{host=web1} is 9")
    page = (await server.viewer.get("/")).text
    assert "Not told: no channel is configured" in page
    [panel] = await read_alert_panels(server.kernel)
    assert (panel.area, [one.rule for one in panel.context["firing"]]) == ("side", ["busy"])
    await server.operator.post(f"{ALERTS}/{alert['id']}/ack", json={})
    [light] = await read_alert_lights(server.kernel)
    assert light.state == "hold"
    assert "Acknowledged by operator@example.test" in (await server.viewer.get("/_panels/alerts")).text


async def test_gates_can_ask_for_alerts(server: Server, clock: FakeClock) -> None:
    await fire(server, clock)
    server.kernel.signals.sample(["alerts.firing", "alerts.unsent"], clock.now())
    found = server.kernel.signals.find_samples("alerts.firing")
    assert {one.labels["severity"]: one.samples[-1][1] for one in found} == {"info": 0, "warning": 0, "critical": 1}


async def test_the_sdk_asks_and_does_the_same(server: Server, clock: FakeClock) -> None:
    alert = await fire(server, clock)
    async with AsyncGonogo(home=server.kernel.config.folder) as gonogo:
        assert (await gonogo.alerts.list(rule="busy")).items == [alert]
        assert (await gonogo.alerts.show(alert["id"])) == alert
        assert "busy" in [rule["name"] for rule in await gonogo.alerts.rules()]
        made = await gonogo.alerts.silence({"host": "web1"}, "a rest")
        assert [one["id"] for one in await gonogo.alerts.silences()] == [made["id"]]
        await gonogo.alerts.unsilence(made["id"])
        assert (await gonogo.alerts.dry_run("busy", 1))["fired"] == 1
        assert [line["rule"] for line in (await gonogo.alerts.ledger(rule="busy")).items] == ["busy"]
