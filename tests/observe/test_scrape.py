"""Prometheus text of others becomes signals."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from gonogo.kernel.signals import SignalRegistry
from gonogo.observe.errors import BadPayload
from gonogo.observe.scrape.exposition import MOST_SERIES, take_exposition
from gonogo.observe.scrape.scraper import Scraper
from gonogo.observe.series import SeriesSink
from tests.fake_clock import FakeClock
from tests.observe.stage import NOON, PATH
from tests.people import Server

TEXT = """\
# TYPE pool_in_use gauge
pool_in_use{pool="main"} 5
# TYPE visits_total counter
visits_total 40
# TYPE page_seconds histogram
page_seconds_bucket{le="1"} 3
page_seconds_bucket{le="+Inf"} 4
page_seconds_sum 8
page_seconds_count 4
"""


def at(seconds: int) -> datetime:
    return datetime.fromtimestamp(NOON + seconds, UTC)


def test_gauges_stay_and_counters_become_rates() -> None:
    registry = SignalRegistry()
    sink = SeriesSink(registry)
    take_exposition(sink, TEXT, "shop", "web", at(0))
    kept = take_exposition(sink, TEXT.replace("visits_total 40", "visits_total 60"), "shop", "web", at(10))
    assert kept == 4
    (gauge,) = registry.find_samples("web.pool_in_use")
    assert (gauge.labels, gauge.samples[-1][1]) == ({"target": "shop", "pool": "main"}, 5.0)
    (rate,) = registry.find_samples("web.visits")
    assert rate.samples == [(NOON + 10, 2.0)]
    assert registry.find_samples("web.page_seconds_bucket") == []


def test_text_that_is_no_exposition_is_refused() -> None:
    with pytest.raises(BadPayload, match="'shop' does not answer with Prometheus text"):
        take_exposition(SeriesSink(SignalRegistry()), "<html>\n", "shop", "", at(0))


def test_a_target_can_not_fill_the_registry() -> None:
    registry = SignalRegistry()
    text = "".join(f'size{{n="{number}"}} 1\n' for number in range(MOST_SERIES + 100))
    assert take_exposition(SeriesSink(registry), text, "shop", "", at(0)) == MOST_SERIES
    assert len(registry.find_samples("size")) == MOST_SERIES


@pytest.mark.parametrize("url", ["ftp://host/", "http://", "http://[bad", "http://a b/", "http://host:99999/"])
async def test_a_target_needs_an_address(server: Server, url: str) -> None:
    answer = await server.admin.post(f"{PATH}/targets", json={"name": "self", "url": url})
    assert (answer.status_code, answer.json().get("field")) == (422, "url"), answer.text


async def test_why_a_target_is_not_fetched_is_said_in_words(server: Server) -> None:
    await server.admin.post(f"{PATH}/targets", json={"name": "gone", "url": "http://127.0.0.1:9/metrics"})
    await server.kernel.get_part(Scraper).look(server.kernel)
    (target,) = (await server.viewer.get(f"{PATH}/targets")).json()["data"]
    assert target["problem"] == "127.0.0.1:9 can't be reached: Connection refused"


async def test_a_target_is_fetched_and_tells_how_that_went(server: Server, clock: FakeClock) -> None:
    new = {"name": "self", "url": f"{server.url}/health", "every_s": 5}
    assert (await server.operator.post(f"{PATH}/targets", json=new)).status_code == 403
    assert (await server.admin.post(f"{PATH}/targets", json=new)).status_code == 201
    assert (await server.admin.post(f"{PATH}/targets", json=new)).status_code == 409
    scraper = server.kernel.get_part(Scraper)
    await scraper.look(server.kernel)
    (target,) = (await server.viewer.get(f"{PATH}/targets")).json()["data"]
    assert target["last_at"] == "2026-03-02T12:00:00.000Z"
    assert "does not answer with Prometheus text" in target["problem"]
    assert (await server.admin.delete(f"{PATH}/targets/self")).status_code == 200
    assert (await server.admin.delete(f"{PATH}/targets/self")).status_code == 404
    await scraper.look(server.kernel)
    assert scraper.visits == {}
