"""What psutil says of this machine, in bounds and in the agents' shape."""

from __future__ import annotations

import os
import re
import time

import msgspec

from gonogo.observe.collecting.host import HostCollector
from gonogo.observe.collecting.platform import name_host, read_platform
from gonogo.observe.collecting.processes import ProcessCollector
from gonogo.observe.collecting.rates import Rates
from gonogo.observe.metrics import NAMES, STEP_S
from gonogo.observe.schemas import Report


def test_a_sample_is_aligned_and_plausible() -> None:
    now = time.time()
    sample, details = HostCollector().read(now)
    found = dict(zip(NAMES, sample.values, strict=True))
    assert sample.at == int(now) // STEP_S * STEP_S
    assert found["cpu_percent"] is None, "nothing is known of the CPU before the second reading"
    assert 0 < (found["memory_percent"] or 0) < 100
    assert (found["process_count"] or 0) >= 1
    assert details.collector is not None
    assert details.collector.rss_bytes > 1e6


def test_the_scan_finds_this_process_and_names_its_service() -> None:
    snapshot = ProcessCollector().read(time.time(), {os.getpid(): "tests"})
    (own,) = [process for process in snapshot.processes if process.pid == os.getpid()]
    assert (own.service, own.rss_bytes > 1e6) == ("tests", True)
    assert snapshot.processes[0] == own, "services come first"
    assert snapshot.total >= len(snapshot.processes)


def test_what_is_collected_is_what_the_server_takes() -> None:
    sample, details = HostCollector().read(time.time())
    snapshot = ProcessCollector().read(time.time())
    whole = Report(host=name_host(), samples=[sample], snapshots=[snapshot], details=details, platform=read_platform())
    assert msgspec.json.decode(msgspec.json.encode(whole), type=Report) == whole


def test_this_machine_has_a_name_that_signals_can_carry() -> None:
    assert re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]*", name_host())


def test_rates_count_from_the_reading_before() -> None:
    rates = Rates()
    found = [rates.measure("in", count, moment) for count, moment in ((100, 1.0), (150, 6.0), (20, 11.0), (20, 11.0))]
    assert found == [None, 10.0, None, None]
