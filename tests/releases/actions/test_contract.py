"""Contracts: every breaking change is named, new fields break nobody, masks hide values and nothing else."""

from __future__ import annotations

from typing import Any

import pytest

from gonogo.kernel.errors import BadInput
from gonogo.releases.actions.contract.baseline import Latency
from gonogo.releases.actions.contract.comparing import compare_latency
from gonogo.releases.actions.contract.shape import is_masked, read_fields
from tests.releases.actions.api import Api
from tests.releases.actions.stage import Stage

BODY: dict[str, Any] = {"count": 2, "rate": 1.5, "items": [{"id": 1, "name": "a"}, {"id": 2, "name": "b", "note": "x"}]}


async def record(stage: Stage, api: Api, body: Any = BODY, **options: object) -> None:
    api.answers["/api"] = (200, body)
    assert (await stage.perform("contract.record", base=api.url, paths="/api", samples=3, rounds=1, **options)).passed


async def verify(stage: Stage, **options: object) -> tuple[bool, str]:
    stage.lines.clear()
    result = await stage.perform("contract.verify", latency="no", **options)
    return result.passed, stage.said


async def test_the_same_answers_hold_and_the_assertions_are_counted(stage: Stage, api: Api) -> None:
    await record(stage, api)
    # Status and content type; 8 types ($, count, rate, items, [], id, name, note); 6 required of them.
    result = await stage.perform("contract.verify", latency="no")
    assert (result.passed, result.values["assertions"]) == (True, 2 + 8 + 6)
    # And 8 values, by choice.
    result = await stage.perform("contract.verify", latency="no", values="yes")
    assert (result.passed, result.values["assertions"]) == (True, 2 + 8 + 6 + 8)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"count": None}, "$.count is null, was integer"),
        ({"count": "2"}, "$.count is a string, was integer"),
        ({"count": 2.5}, "$.count is a number, was integer"),
        (
            {"items": [{"id": 1}, {"id": 2, "name": "b"}]},
            "required field $.items[].name is missing (first at $.items[0].name)",
        ),
        ({"items": {}}, "$.items is an object, was array"),
    ],
)
async def test_a_breaking_change_is_named(stage: Stage, api: Api, change: dict[str, Any], told: str) -> None:
    await record(stage, api)
    api.answers["/api"] = (200, BODY | change)
    passed, said = await verify(stage)
    assert not passed
    assert told in said


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"count": 3}, "$.count is 3, was 2"),
        ({"items": [{"id": 1, "name": "a"}]}, "$.items has 1 elements, had 2"),
    ],
)
async def test_values_and_lengths_are_compared_only_by_choice(
    stage: Stage, api: Api, change: dict[str, Any], told: str
) -> None:
    await record(stage, api)
    api.answers["/api"] = (200, BODY | change)
    assert (await verify(stage))[0]
    passed, said = await verify(stage, values="yes")
    assert not passed
    assert told in said


async def test_several_changes_are_listed_one_by_one(stage: Stage, api: Api) -> None:
    await record(stage, api)
    api.answers["/api"] = (500, {"error": "no"})
    api.content_type = "text/html"
    result = await stage.perform("contract.verify", latency="no")
    assert result.values["breaking"] == 3
    assert "status is 500, was 200" in stage.said
    assert "content type is text/html, was application/json" in stage.said
    assert "the answer is no JSON any more" in stage.said


async def test_new_and_optional_fields_break_nobody(stage: Stage, api: Api) -> None:
    await record(stage, api)
    items = [{"id": 1, "name": "a"}, {"id": 2, "name": "b"}]
    api.answers["/api"] = (200, BODY | {"items": items, "more": True, "rate": 1.5})
    passed, said = await verify(stage, values="yes")
    assert passed, said
    assert "+ $.more is new" in said


@pytest.mark.parametrize(
    ("now", "passes"), [({"count": 9}, True), ({"count": "9"}, False), ({"count": None}, False), ({}, False)]
)
async def test_a_mask_hides_the_value_never_type_and_presence(
    stage: Stage, api: Api, now: dict[str, Any], passes: bool
) -> None:
    await record(stage, api, {"count": 2, "ok": True}, mask="count")
    api.answers["/api"] = (200, {"ok": True} | now)
    assert (await verify(stage, values="yes"))[0] is passes


async def test_a_mask_given_later_holds_as_well(stage: Stage, api: Api) -> None:
    await record(stage, api)
    api.answers["/api"] = (200, BODY | {"items": [{"id": 7, "name": "a"}, {"id": 8, "name": "b"}]})
    assert not (await verify(stage, values="yes"))[0]
    assert (await verify(stage, values="yes", mask="items[].id"))[0]


async def test_an_api_that_is_gone_is_a_breaking_change(stage: Stage, api: Api) -> None:
    await record(stage, api)
    passed, said = await verify(stage, base="http://127.0.0.1:1")
    assert not passed
    assert "got no answer" in said


async def test_a_slower_api_is_found(stage: Stage, api: Api) -> None:
    await record(stage, api)
    api.pause_s = 0.25
    result = await stage.perform("contract.verify", samples=2, rounds=2, tolerance="50%")
    assert not result.passed
    assert "p50 is" in stage.said
    assert "allowed +50%" in stage.said


async def test_requests_come_from_a_file_too(stage: Stage, api: Api) -> None:
    api.answers["/api"] = (200, BODY)
    (stage.folder / "asks.toml").write_text('mask = ["count"]\n[[request]]\npath = "/api"\nmask = ["rate"]\n')
    assert (await stage.perform("contract.record", base=api.url, requests="asks.toml", samples=1, rounds=1)).passed
    api.answers["/api"] = (200, BODY | {"count": 5, "rate": 2.5})
    assert (await verify(stage, values="yes"))[0]


async def test_a_contract_that_was_never_recorded_is_said(stage: Stage) -> None:
    with pytest.raises(BadInput, match="Record it first"):
        await stage.perform("contract.verify")


@pytest.mark.parametrize(
    ("was", "now", "slow"), [(100, 109, False), (100, 112, True), (2, 2.9, False), (2, 3.1, True), (0, 50, False)]
)
def test_slower_means_over_the_tolerance_and_over_the_slack(was: float, now: float, slow: bool) -> None:
    found = compare_latency(Latency(was, was, was), Latency(now, 0, 0), 0.10, 1.0)
    assert bool(found) is slow


def test_masks_name_fields_and_everything_below_them() -> None:
    assert is_masked("$.items[3].id", ["items[].id"])
    assert is_masked("$.items[3].id", ["items"])
    assert is_masked("$.items[0].made_at", ["*.made_at"])
    assert not is_masked("$.items_total", ["items"])


def test_a_field_is_required_when_every_object_had_it() -> None:
    fields = read_fields([{"a": 1, "b": [{"c": 1}, {"c": None, "d": 2}]}, {"b": []}])
    assert {path for path, field in fields.items() if field.required} == {"$", "$.b", "$.b[].c"}
    assert fields["$.b[].c"].types == ("integer", "null")
