"""Looks that are left out change nothing: every look made gives the same."""

from __future__ import annotations

from functools import partial
from typing import Any

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from gonogo.kernel.signals import SignalRegistry
from gonogo.observe.alerts.muting import Silence
from gonogo.observe.alerts.replay import Replay
from gonogo.observe.alerts.round import read_live
from gonogo.observe.alerts.rule import Manners, Rule, RuleBody, compile_rule
from gonogo.observe.alerts.stretch import Stretch
from tests.observe.alerts.test_stretch import START, TICKS, courses, make_registry

END = START + 1800
bodies = st.builds(
    RuleBody,
    expression=st.sampled_from(
        ["host.cpu > 90%", "host.cpu > 90% for 30s", "host.cpu >= 92% over 40s", "host.cpu > 1% and host.cpu < 95%"]
    ),
    severity=st.sampled_from(["warning", "critical"]),
    cooldown=st.sampled_from(["0s", "2m"]),
    reminder=st.sampled_from(["0s", "1m"]),
    group_wait=st.sampled_from(["0s", "25s"]),
    no_data=st.sampled_from(["show", "fire"]),
    mutes=st.sampled_from([(), ("host",)]),
    channels=st.sampled_from([(), ("email",)]),
)
silences = st.builds(
    Silence,
    id=st.just("s"),
    matchers=st.sampled_from([{"host": "web1"}, {"rule": "*"}]),
    starts_at=st.integers(START, END).map(float),
    ends_at=st.integers(START, END).map(float),
    created_by=st.just("ann"),
    reason=st.just("repairs"),
)


class EveryLook(Replay):
    """Reads everything at every tick, as a running server does."""

    def run(self, registry: SignalRegistry, start: float, end: float) -> None:
        every = Stretch(self.rules, registry, TICKS)
        every.read = partial(read_live, registry)  # type: ignore[method-assign, assignment]
        for at in range(START, int(end) + 1, 10):
            self.result.looks += 1
            self.look(every, at)


def replay(kind: type[Replay], rules: dict[str, Rule], registry: SignalRegistry, found: list[Silence]) -> Any:
    one = kind(rules["hot"], rules, found, ("slack",))
    one.run(registry, START - 1, END)
    return msgspec.to_builtins(one.result)


@settings(max_examples=150)
@given(st.fixed_dictionaries({"web1": courses, "web2": courses}), bodies, bodies, st.lists(silences, max_size=2))
def test_looks_that_are_left_out_change_nothing(
    found: dict[str, dict[int, float]], hot: RuleBody, other: RuleBody, silent: list[Silence]
) -> None:
    rules = {name: compile_rule(name, body, "stored", Manners()) for name, body in (("hot", hot), ("other", other))}
    registry = make_registry(found)
    assert replay(Replay, rules, registry, silent) == replay(EveryLook, rules, registry, silent)
