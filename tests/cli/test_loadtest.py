"""The load test's figures, summaries and small parts."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import cast

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from websockets.frames import Frame, Opcode

from gonogo.cli.app import run_command
from gonogo.cli.loadtest.catalog import CHUNK, MARKER, make_catalogs
from gonogo.cli.loadtest.changing import Course, judge_course
from gonogo.cli.loadtest.course import Summary, write_summary
from gonogo.cli.loadtest.crowd import Crowd, Listener
from gonogo.cli.loadtest.figures import Figure, Tally, find_quantile
from gonogo.cli.loadtest.profiles import PROFILES, QUICK
from gonogo.kernel.http.frames import encode_frame
from gonogo.settings.catalog import read_catalog


def make_figure(value: float | None, **rest: object) -> Figure:
    return Figure(name="time", value=value, limit=5.0, unit="ms", **rest)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("value", "is_least", "passed"),
    [(4.9, False, True), (5.0, False, False), (5.0, True, True), (4.9, True, False), (None, False, None)],
)
def test_a_figure_is_judged_by_its_limit(value: float | None, is_least: bool, passed: bool | None) -> None:
    assert make_figure(value, is_least=is_least).passed is passed


def test_quantiles_are_values_that_were_seen() -> None:
    assert [find_quantile([3, 1, 2, 4], q) for q in (0, 0.5, 0.99)] == [1, 3, 4]


@given(st.lists(st.integers(0, 10_000), min_size=1), st.sampled_from([0.0, 0.5, 0.99, 1.0]))
def test_a_tally_finds_what_a_list_would(tenths: list[int], q: float) -> None:
    tally = Tally()
    tally.add(each / 10_000 for each in tenths)
    assert tally.find_quantile(q) == find_quantile(tenths, q) / 10_000


def test_a_summary_is_written_for_people_and_programs(tmp_path: Path) -> None:
    figures = [make_figure(4.0, note="p50 1"), make_figure(None)]
    summary = Summary(
        profile="quick",
        started_at="",
        seconds=1,
        is_complete=True,
        passed=False,
        machine="here",
        load=0,
        figures=figures,
    )
    write_summary(tmp_path / "results", summary)
    written = msgspec.json.decode((tmp_path / "results" / "summary.json").read_bytes())
    assert [figure["passed"] for figure in written["figures"]] == [True, None]
    text = (tmp_path / "results" / "summary.md").read_text()
    assert "| time | 4 ms | < 5 ms | pass | p50 1 |" in text
    assert "| time | not measured | < 5 ms | no data |" in text


def test_its_catalogs_hold_and_are_small_enough_for_a_request() -> None:
    catalogs = [(read_catalog(text, "json"), len(text)) for _, text in make_catalogs(CHUNK + 500)]
    assert [len(catalog.settings) for catalog, _ in catalogs] == [CHUNK, 500]
    assert catalogs[0][0].settings[0].key == MARKER
    assert max(size for _, size in catalogs) < 1_000_000


def test_changes_cut_short_still_give_figures() -> None:
    assert judge_course(Course(Tally(), [], [], None), QUICK, 10) == []
    times = Tally()
    times.add([0.01, 0.02])
    figures = judge_course(Course(times, [0.02], [90.0, 91.0], 12.0), QUICK, 10)
    assert [figure.passed for figure in figures] == [True, True, True]
    assert "+1.0 MB" in figures[1].note


class Line:
    """A transport that keeps what is written."""

    def __init__(self) -> None:
        self.written = b""

    def write(self, data: bytes) -> None:
        self.written += data


@pytest.mark.parametrize("payload", [b"", b"\x89\x04ab"])
def test_a_client_of_the_crowd_answers_pings_as_they_were_sent(payload: bytes) -> None:
    crowd = Crowd("http://127.0.0.1:8700", 2, "key")
    listener, line = Listener(crowd), Line()
    listener.connection_made(cast("asyncio.Transport", line))
    text = encode_frame(b'{"type":"snapshot","settings":{"a":"' + b"x" * 98 + b'"}}')
    assert text[:4] == b"\x81\x7e\x00\x89"  # its length looks like the beginning of a ping
    line.written = b""
    listener.data_received(text)
    listener.data_received(text + Frame(Opcode.PING, payload).serialize(mask=False))
    assert line.written == bytes((0x8A, 0x80 | len(payload), 0, 0, 0, 0)) + payload


def test_profiles_grow() -> None:
    lasting = [PROFILES[name].lasting_s for name in ("quick", "medium", "soak")]
    assert lasting == sorted(lasting)
    assert all(profile.clients == 1000 for profile in PROFILES.values())


def test_a_server_elsewhere_is_not_tested(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["loadtest", "settings", "quick", "--url", "http://192.0.2.1:8700"]) == 2
    assert "is not this machine" in capsys.readouterr().err
