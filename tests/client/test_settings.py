"""The settings of the SDK against the real application: calls, reading in process, watching, and both together."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from gonogo.client.errors import ApiError, ServerUnreachable
from gonogo.client.gonogo import AsyncGonogo, Gonogo
from gonogo.client.mirror import Change, SettingSecret, SettingUnknown
from gonogo.client.settings import NotFollowed, Settings
from tests.people import Server

CATALOG = """
[settings."tide.level"]
type = "float"
default = 2
min = 0
max = 10

[settings."tide.name"]
type = "enum"
default = "spring"
choices = ["spring", "neap"]

[settings."pier.open"]
type = "bool"
default = true

[settings."pier.pass"]
type = "string"
default = ""
secret = true

[presets.storm]
values = { "tide.level" = 9, "pier.open" = false }
"""
DEADLINE_S = 20.0


@pytest.fixture
async def gonogo(server: Server) -> AsyncIterator[AsyncGonogo]:
    async with AsyncGonogo(home=server.kernel.config.folder) as gonogo:
        await gonogo.settings.declare(CATALOG, source="harbour")
        yield gonogo


async def until(condition: Callable[[], Any]) -> None:
    async with asyncio.timeout(DEADLINE_S):
        while not condition():  # noqa: ASYNC110 — a plain condition makes no event
            await asyncio.sleep(0.005)


async def test_declaring_again_changes_nothing(gonogo: AsyncGonogo) -> None:
    again = await gonogo.settings.declare(CATALOG, source="harbour")
    assert await gonogo.settings.of("staging").declare(CATALOG, source="harbour") == again
    assert (again["added"], again["updated"], again["kept"]) == ([], [], 4)


async def test_a_value_is_set_and_taken_back(gonogo: AsyncGonogo) -> None:
    done = await gonogo.settings.set("tide.level", 3, why="new moon")
    assert (done["value"], done["changed"]) == (3, True)
    assert (await gonogo.settings.get("tide.level"))["modified"] is True
    assert (await gonogo.settings.unset("tide.level"))["value"] == 2
    assert (await gonogo.settings.undo("tide.level"))["value"] == 3
    page = await gonogo.settings.history("tide.level", limit=2)
    assert [entry["action"] for entry in page.items] == ["undo", "unset"]
    assert page.next_cursor is not None


async def test_a_lost_race_is_refused(gonogo: AsyncGonogo) -> None:
    version = (await gonogo.settings.get("tide.level"))["version"]
    await gonogo.settings.set("tide.level", 4, version=version)
    with pytest.raises(ApiError) as caught:
        await gonogo.settings.set("tide.level", 5, version=version)
    assert (caught.value.status, caught.value.type) == (409, "version-conflict")


async def test_one_bad_value_of_a_batch_changes_nothing(gonogo: AsyncGonogo) -> None:
    with pytest.raises(ApiError) as caught:
        await gonogo.settings.batch({"tide.level": 4, "tide.name": "ebb"})
    assert caught.value.status == 422
    assert await gonogo.settings.list(modified=True) == []
    done = await gonogo.settings.batch({"tide.level": 4, "tide.name": "neap"}, unset=["pier.open"])
    assert done["changed"] == 2


async def test_search_list_and_near_keys(gonogo: AsyncGonogo) -> None:
    assert [found["key"] for found in await gonogo.settings.search("levle")] == ["tide.level"]
    assert [found["key"] for found in await gonogo.settings.list(prefix="pier.")] == ["pier.open", "pier.pass"]
    with pytest.raises(ApiError) as caught:
        await gonogo.settings.get("tide.levl")
    assert caught.value.extra["nearest"] == ["tide.level"]


async def test_a_preset_is_shown_before_it_is_applied(gonogo: AsyncGonogo) -> None:
    assert [preset["differing"] for preset in await gonogo.settings.presets()] == [2]
    shown = await gonogo.settings.preview("storm")
    assert {each["key"]: each["after"] for each in shown} == {"tide.level": 9, "pier.open": False}
    assert (await gonogo.settings.apply("storm"))["changed"] == 2
    assert await gonogo.settings.preview("storm") == []


@pytest.mark.parametrize("format", ["json", "toml", "yaml"])
async def test_what_was_exported_comes_in_again(gonogo: AsyncGonogo, format: str) -> None:
    await gonogo.settings.set("tide.level", 7.5)
    text = await gonogo.settings.export(format, modified=True)
    await gonogo.settings.unset("tide.level")
    assert [each["after"] for each in await gonogo.settings.import_(text, format, dry_run=True)] == [7.5]
    assert (await gonogo.settings.get("tide.level"))["value"] == 2
    assert (await gonogo.settings.import_(text, format))["changed"] == 1
    assert (await gonogo.settings.get("tide.level"))["value"] == 7.5


async def test_restoring_goes_back_to_a_version(gonogo: AsyncGonogo) -> None:
    version = (await gonogo.settings.set("tide.level", 3))["store_version"]
    await gonogo.settings.batch({"tide.level": 4, "pier.open": False})
    assert len(await gonogo.settings.restore(version=version, dry_run=True)) == 2
    await gonogo.settings.restore(version=version)
    assert (await gonogo.settings.get("tide.level"))["value"] == 3


async def test_a_read_before_following_says_what_to_do(gonogo: AsyncGonogo) -> None:
    with pytest.raises(NotFollowed):
        gonogo.settings["tide.level"]


async def test_values_are_kept_in_step(gonogo: AsyncGonogo) -> None:
    settings = await gonogo.settings.follow()
    assert settings["tide.level"] == 2
    assert settings.stale_since is None
    await settings.set("tide.level", 3)
    await until(lambda: settings["tide.level"] == 3)
    assert ("tide.level" in settings, len(settings), sorted(settings)[0]) == (True, 3, "pier.open")
    with pytest.raises(SettingUnknown, match=r"Did you mean 'tide\.level'"):
        settings["tide.levl"]
    with pytest.raises(SettingSecret):
        settings["pier.pass"]


async def test_a_watch_hears_its_prefix_until_it_is_stopped(gonogo: AsyncGonogo) -> None:
    heard: list[Change] = []
    everything: list[Change] = []

    async def listen(change: Change) -> None:
        heard.append(change)

    watch = await gonogo.settings.watch("tide.", listen)
    await gonogo.settings.watch("", everything.append)
    await gonogo.settings.apply("storm")
    await until(lambda: len(everything) == 2)
    assert [(change.key, change.value) for change in heard] == [("tide.level", 9)]
    assert heard[0].by
    watch.stop()
    await gonogo.settings.set("tide.level", 1)
    await until(lambda: len(everything) == 3)
    assert len(heard) == 1


async def test_a_callback_that_fails_stops_nothing(gonogo: AsyncGonogo, caplog: pytest.LogCaptureFixture) -> None:
    def fail(_change: Change) -> None:
        raise RuntimeError("out of ink")

    await gonogo.settings.watch("", fail)
    await gonogo.settings.set("tide.level", 1)
    await until(lambda: "out of ink" in caplog.text)
    await gonogo.settings.set("tide.level", 5)
    await until(lambda: gonogo.settings["tide.level"] == 5)


async def test_an_environment_has_its_own_values(gonogo: AsyncGonogo) -> None:
    await gonogo.settings.save_environment("staging")
    staging = await gonogo.settings.of("staging").follow()
    plain = await gonogo.settings.follow()
    await staging.set("tide.level", 6)
    await until(lambda: staging["tide.level"] == 6)
    assert plain["tide.level"] == 2
    await plain.set("pier.open", False)
    await until(lambda: staging["pier.open"] is False)
    await staging.unset("tide.level")
    await until(lambda: staging["tide.level"] == 2)
    assert [each["name"] for each in await gonogo.settings.environments()] == ["default", "staging"]
    assert gonogo.settings.of("staging") is staging


async def test_without_a_key_following_is_refused(server: Server) -> None:
    async with AsyncGonogo(server.url, "no-such-key") as stranger:
        with pytest.raises(ApiError) as caught:
            await stranger.settings.follow()
    assert caught.value.status == 401


async def test_the_plain_client_reads_without_being_told_to_follow(server: Server, gonogo: AsyncGonogo) -> None:
    heard: list[Change] = []

    def use() -> list[Any]:
        with Gonogo(home=server.kernel.config.folder) as plain:
            settings = plain.settings
            first = settings["tide.level"]
            with settings.watch("tide.", heard.append):
                settings.set("tide.level", 8)
                wait_until(lambda: settings["tide.level"] == 8 and heard)
            with pytest.raises(SettingUnknown):
                settings["tide.levl"]
            plain.close()
            return [first, settings["tide.level"], settings.stale_since is not None]

    assert await asyncio.to_thread(use) == [2, 8, True]
    assert [(change.key, change.value) for change in heard] == [("tide.level", 8)]


def wait_until(condition: Callable[[], Any]) -> None:
    asyncio.run(until(condition))


def test_nobody_there_is_said_after_a_bounded_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gonogo.client.mirror_link.OPEN_LIMIT_S", 0.05)
    settings = Settings(lambda call: None, "http://127.0.0.1:9", dict)
    with pytest.raises(ServerUnreachable, match="Is it running"):
        settings["tide.level"]
