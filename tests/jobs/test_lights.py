"""The light on the board says what to look at first, and counts as people do."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest

from gonogo.jobs.lights import read_lights
from gonogo.jobs.measures import Measures
from gonogo.jobs.schemas import Stats
from gonogo.kernel.kernel import Kernel
from gonogo.kernel.room import Light
from tests.fake_clock import FakeClock


async def read_light(clock: FakeClock, stats: Stats, silence: str | None = None) -> Light:
    measures = Measures(clock)
    measures.take(stats)
    measures.silence = silence
    desk = SimpleNamespace(measures=measures)
    kernel: Any = SimpleNamespace(get_part=lambda _kind: desk)
    (light,) = await read_lights(cast(Kernel, kernel))
    return light


@pytest.mark.parametrize(
    ("stats", "state", "told"),
    [
        (Stats(ready=3, running=2, workers=1), "go", "3 ready, 2 running, 1 worker"),
        (Stats(workers=2), "go", "0 ready, 0 running, 2 workers"),
        (Stats(ready=1, dead=1, paused=("*",)), "hold", "The queue is paused; 1 job is ready"),
        (Stats(ready=2, paused=("mail", "sms")), "hold", "Paused: mail, sms; 2 jobs are ready"),
        (Stats(dead=1), "hold", "1 dead job: look, then replay or cancel"),
        (Stats(dead=2, oldest_ready_s=999), "hold", "2 dead jobs: look, then replay or cancel"),
        (Stats(ready=1, oldest_ready_s=301), "hold", "A job has waited 5 min for a worker that can do it"),
    ],
)
async def test_the_light(clock: FakeClock, stats: Stats, state: str, told: str) -> None:
    light = await read_light(clock, stats)
    assert (light.state, light.reason) == (state, told)


async def test_a_queue_that_does_not_answer_comes_first(clock: FakeClock) -> None:
    light = await read_light(clock, Stats(dead=1), silence="Redis can't be reached.")
    assert (light.state, light.reason) == ("no_go", "The queue does not answer. Redis can't be reached.")
