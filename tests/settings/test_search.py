"""Search: ranked, forgiving, marked, and never behind."""

from __future__ import annotations

from typing import Any

import pytest
from pyroaring import BitMap

from gonogo.kernel.auth.actor import SYSTEM
from gonogo.settings.commands.values import set_value
from gonogo.settings.desk import Desk
from gonogo.settings.search.index import SearchIndex
from gonogo.settings.search.typos import TypoIndex
from gonogo.settings.search.words import split_words
from tests.people import Server
from tests.settings.stage import declare, edit_outside, put


async def search(stage: Server, query: str, **params: int) -> list[dict[str, Any]]:
    answer = await stage.viewer.get("/api/settings/search", params={"q": query, **params})
    assert answer.status_code == 200, answer.text
    data: list[dict[str, Any]] = answer.json()["data"]
    return data


async def find_keys(stage: Server, query: str) -> list[str]:
    return [hit["key"] for hit in await search(stage, query)]


async def test_every_text_is_searched(stage: Server) -> None:
    for query, key in (
        ("strength", "physics.spring.strength"),
        ("GLOW", "rendering.bloom.enabled"),
        ("edge pulls", "physics.spring.strength"),
        ("fxaa", "rendering.antialiasing"),
        ("scout", "agents.name"),
        ("102030", "rendering.background"),
        ("physics.iterations", "physics.iterations"),
    ):
        assert (await find_keys(stage, query))[0] == key, query


async def test_what_is_half_typed_or_mistyped_is_found(stage: Server) -> None:
    for query in ("stren", "strenght", "sprin stre", "sprng", "spirng strngth"):
        assert (await find_keys(stage, query))[0] == "physics.spring.strength", query


async def test_all_words_count_before_any(stage: Server) -> None:
    assert await find_keys(stage, "physics iterations") == ["physics.iterations"]
    assert set(await find_keys(stage, "iterations bloom")) == {"physics.iterations", "rendering.bloom.enabled"}
    assert await find_keys(stage, "zzzzzz") == []
    assert await find_keys(stage, "  ... ") == []


async def test_a_key_ranks_above_a_description(server: Server) -> None:
    await declare(
        server,
        {
            "settings": {
                "a.one": {"type": "bool", "default": True, "description": "Needs gravity"},
                "b.gravity": {"type": "bool", "default": True},
                "c.two": {"type": "bool", "default": True, "label": "Gravity"},
            }
        },
    )
    assert await find_keys(server, "gravity") == ["b.gravity", "c.two", "a.one"]


async def test_hits_carry_the_setting_and_the_places_to_mark(stage: Server) -> None:
    (hit,) = await search(stage, "spri pulls")
    assert (hit["value"], hit["type"]) == (0.5, "float")
    assert hit["highlights"]["key"] == [[8, 12]]
    start, end = hit["highlights"]["description"][0]
    assert hit["description"][start:end] == "pulls"


async def test_a_new_value_is_found_at_once_and_the_old_one_no_more(stage: Server) -> None:
    await put(stage, "agents.name", "ranger")
    assert await find_keys(stage, "ranger") == ["agents.name"]
    assert await find_keys(stage, "scout") == []
    await edit_outside(stage, "UPDATE settings SET value = '\"warden\"' WHERE key = 'agents.name'")
    assert await find_keys(stage, "warden") == ["agents.name"]


async def test_words_that_no_setting_has_any_more_are_forgotten(stage: Server) -> None:
    """Or every move of a slider would leave one behind, for good."""
    desk = stage.kernel.get_part(Desk)
    told = read_index(desk.index)
    for number in range(50):
        await set_value(desk, SYSTEM, "physics.spring.strength", number / 100)
        await set_value(desk, SYSTEM, "agents.name", "spring" if number % 2 else "bloom" * (1 + number % 4))
        await set_value(desk, SYSTEM, "dashboard.panels", ["strength", "status"][: number % 3])
        desk.live.settle()
        changed = read_index(desk.index)
        desk.index.restart()
        assert changed == read_index(desk.index)
    for key, value in (("physics.spring.strength", 0.5), ("agents.name", "scout"), ("dashboard.panels", ["status"])):
        await set_value(desk, SYSTEM, key, value)
    desk.live.settle()
    assert read_index(desk.index) == told


def read_index(index: SearchIndex) -> Any:
    """All that it holds, in an order of its own."""
    postings = {word: [_list(numbers) for numbers in fields] for word, fields in index._postings.items()}
    variants = {variant: sorted(words) for variant, words in index._typos._variants.items()}
    return postings, list(index._vocabulary), variants


def _list(numbers: int | BitMap | None) -> list[int]:
    return [numbers] if isinstance(numbers, int) else sorted(numbers or ())


async def test_the_number_of_hits_is_bounded(stage: Server) -> None:
    answer = (await stage.viewer.get("/api/settings/search", params={"q": "r", "limit": 1})).json()
    assert len(answer["data"]) == 1
    assert answer["total"] == 3
    assert (await stage.viewer.get("/api/settings/search", params={"q": "r", "limit": 0})).status_code == 422
    assert "settings_search_duration_count 1.0" in (await stage.viewer.get("/metrics")).text


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("sprng", ["spring"]),
        ("spirng", ["spring"]),
        ("springs", ["spring"]),
        ("sprung", ["spring"]),
        ("antialaising", ["antialiasing"]),
        ("spr", []),
        ("strong", []),
    ],
)
def test_typos(typed: str, meant: list[str]) -> None:
    index = TypoIndex()
    for word in ("spring", "strength", "antialiasing", "12345"):
        index.add(word)
    assert index.find(typed) == meant


def test_words() -> None:
    assert split_words("Max_speedLimit-2 å.b1") == ["max", "speedlimit", "2", "å", "b", "1"]
