"""Who is told what and when; and of everything that is not told, the ledger knows why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gonogo.kernel.signals.judgement import Outcome
from gonogo.observe.alerts.machine import Key, Reading, Track, advance
from gonogo.observe.alerts.muting import Silence
from gonogo.observe.alerts.notifying import Decision, Ways, decide, find_next
from gonogo.observe.alerts.rule import Rule
from tests.observe.alerts.stage import make_rule, make_silence, make_ways

WEB1, WEB2 = {"host": "web1"}, {"host": "web2"}


class Stage:
    """Rules with their tracks, moved by hand; ``said`` is everything that was decided."""

    def __init__(self, *rules: Rule, silences: Sequence[Silence] = (), ways: Ways | None = None) -> None:
        self.rules = {rule.name: rule for rule in rules}
        self.tracks: dict[Key, Track] = {}
        self.silences = list(silences)
        self.ways = ways or make_ways("slack")
        self.said: list[Decision] = []
        self.messages = 0

    def move(self, now: float, **outcomes: Outcome | Mapping[str, Outcome]) -> list[tuple[str, str, str]]:
        """Let rules' series (of host web1 unless named) read so, decide, and give kind, outcome and reason."""
        for name, outcome in outcomes.items():
            hosts = {"web1": outcome} if isinstance(outcome, str) else outcome
            for host, one in hosts.items():
                key = Key(name, f"{{host={host}}}")
                track = self.tracks.get(key, Track(labels={"host": host}, alert=f"{name}@{host}"))
                self.tracks[key], _ = advance(track, Reading(one, 95.0), now, self.rules[name].hold_s, fire_blind=False)
        verdict = decide(self.rules, self.tracks, self.silences, now, self.ways)
        self.tracks |= verdict.tracks
        self.said += verdict.decisions
        self.messages += len(verdict.messages)
        return [(one.kind, one.outcome, one.reason) for one in verdict.decisions]


def with_times(rule: Rule, **seconds: float) -> Rule:
    return msgspec.structs.replace(rule, **seconds)


def test_fired_is_told_once_and_so_is_its_end() -> None:
    stage = Stage(make_rule())
    assert stage.move(0, hot="true") == [("fired", "queued", "")]
    assert stage.move(10, hot="true") == []
    assert stage.move(20, hot="false") == [("resolved", "queued", "")]
    assert stage.move(30, hot="false") == []


def test_a_reminder_comes_while_nobody_acknowledges() -> None:
    stage = Stage(with_times(make_rule(), reminder_s=100))
    stage.move(0, hot="true")
    assert stage.move(90, hot="true") == []
    assert stage.move(100, hot="true") == [("reminder", "queued", "")]
    [(key, track)] = stage.tracks.items()
    stage.tracks[key] = msgspec.structs.replace(track, acknowledged_by="ada")
    assert stage.move(300, hot="true") == []
    assert stage.move(310, hot="false") == [("resolved", "queued", "")], "its end is news all the same"


def test_what_fires_again_within_the_cooldown_is_not_told_until_that_is_over() -> None:
    stage = Stage(with_times(make_rule(), cooldown_s=900))
    stage.move(0, hot="true")
    stage.move(60, hot="false")
    assert stage.move(120, hot="true") == [("fired", "suppressed", "cooldown until 00:15:00Z")]
    assert stage.move(130, hot="true") == [], "one reason is written once"
    assert stage.move(900, hot="true") == [("fired", "queued", "")]


def test_the_end_of_what_was_not_told_is_not_told() -> None:
    stage = Stage(with_times(make_rule(), cooldown_s=900))
    stage.move(0, hot="true")
    stage.move(60, hot="false")
    stage.move(120, hot="true")
    assert stage.move(180, hot="false") == []


def test_a_group_waits_and_is_told_together() -> None:
    stage = Stage(with_times(make_rule(), group_wait_s=20))
    assert stage.move(0, hot={"web1": "true"}) == []
    assert stage.move(10, hot={"web2": "true"}) == []
    together = "told together with 1 more"
    assert stage.move(20) == [("fired", "queued", together), ("fired", "grouped", together)]
    assert stage.messages == 1
    assert len({one.notification for one in stage.said}) == 1


def test_a_group_begins_with_the_same_series_whoever_was_seen_first() -> None:
    for order in (("web1", "web2"), ("web2", "web1")):
        stage = Stage(make_rule())
        stage.move(0, hot=dict.fromkeys(order, "true"))
        assert [(one.key.series, one.outcome) for one in stage.said] == [
            ("{host=web1}", "queued"),
            ("{host=web2}", "grouped"),
        ]


def test_groups_are_made_by_the_labels_asked_for() -> None:
    stage = Stage(make_rule(group_by=("rule", "host")))
    stage.move(0, hot={"web1": "true", "web2": "true"})
    assert stage.messages == 2
    over_rules = Stage(make_rule("hot", group_by=("host",)), make_rule("full", "host.disk > 90%", group_by=("host",)))
    over_rules.move(0, hot="true", full="true")
    assert over_rules.messages == 1


def test_what_resolves_while_its_group_waits_is_never_told() -> None:
    stage = Stage(with_times(make_rule(), group_wait_s=20))
    stage.move(0, hot="true")
    stage.move(10, hot="false")
    assert stage.move(30) == []


def test_firing_again_before_its_end_was_told_leaves_the_receiver_right() -> None:
    stage = Stage(with_times(make_rule(), group_wait_s=20, cooldown_s=900))
    stage.move(0, hot="true")
    assert [kind for kind, *_ in stage.move(20, hot="true")] == ["fired"]
    stage.move(30, hot="false")
    assert stage.move(40, hot="true") == []
    assert stage.move(60, hot="true") == [], "they believe it fires, and it does"
    stage.move(70, hot="false")
    assert [kind for kind, *_ in stage.move(90)] == ["resolved"]


def test_a_silence_keeps_quiet_and_what_still_fires_after_it_is_told() -> None:
    stage = Stage(make_rule(), silences=[make_silence(ends_at=100, host="web*")])
    assert stage.move(0, hot="true") == [("fired", "suppressed", "silence s1 by ada: moving racks")]
    assert stage.move(50, hot="true") == []
    assert stage.move(100, hot="true") == [("fired", "queued", "")]


def test_a_silenced_end_is_dropped_for_good() -> None:
    stage = Stage(make_rule(), silences=[make_silence(now=10, ends_at=100, rule="hot")])
    stage.move(0, hot="true")
    assert stage.move(20, hot="false") == [("resolved", "suppressed", "silence s1 by ada: moving racks")]
    assert stage.move(110, hot="false") == []


@pytest.mark.parametrize(
    ("matchers", "covered"),
    [
        ({"host": "web1"}, True),
        ({"host": "web?"}, True),
        ({"host": "db*"}, False),
        ({"rule": "hot", "severity": "warning"}, True),
        ({"severity": "critical"}, False),
        ({"team": "shop"}, True),
        ({"nothing": "*"}, True),
        ({"nothing": "x"}, False),
    ],
)
def test_silences_match_labels_rules_and_severities(matchers: dict[str, str], covered: bool) -> None:
    stage = Stage(make_rule(labels={"team": "shop"}), silences=[make_silence(**matchers)])
    [(_, outcome, _)] = stage.move(0, hot="true")
    assert (outcome == "suppressed") == covered


def test_a_critical_alert_mutes_the_warning_of_its_series_alone() -> None:
    stage = Stage(make_rule("hot"), make_rule("hotter", severity="critical"))
    found = stage.move(0, hot={"web1": "true", "web2": "true"}, hotter={"web1": "true"})
    assert sorted(found) == [
        ("fired", "queued", ""),
        ("fired", "queued", ""),
        ("fired", "suppressed", "inhibition: hotter fires"),
    ]
    assert [one.key.series for one in stage.said if one.outcome == "suppressed"] == ["{host=web1}"]
    stage.move(10, hotter={"web1": "false"})
    assert ("hot", "fired") in [(one.key.rule, one.kind) for one in stage.said if one.outcome == "queued"][-2:]


def test_a_host_that_is_down_mutes_its_other_alerts() -> None:
    down = make_rule("down", "host.silent_for > 90s", severity="critical", mutes=("host",))
    stage = Stage(down, make_rule("hot", severity="critical"))
    stage.move(0, down={"web1": "true"}, hot={"web1": "true", "web2": "true"})
    held = [(one.key, one.reason) for one in stage.said if one.outcome == "suppressed"]
    assert held == [(Key("hot", "{host=web1}"), "inhibition: down fires")]


def test_without_a_channel_it_waits_for_one() -> None:
    stage = Stage(make_rule(), ways=make_ways())
    assert stage.move(0, hot="true") == [("fired", "suppressed", "no channel is configured")]
    stage.ways = make_ways("slack")
    assert stage.move(10, hot="true") == [("fired", "queued", "")]


def test_a_rule_tells_only_the_channels_it_names() -> None:
    stage = Stage(make_rule(channels=("email",)), ways=make_ways("slack", "email"))
    verdict_before = stage.messages
    stage.move(0, hot="true")
    verdict = decide(stage.rules, {Key("hot", "x"): Track(state="firing", fired_at=0.0)}, (), 0, stage.ways)
    assert (verdict_before, stage.messages) == (0, 1)
    assert [message.channels for message in verdict.messages] == [("email",)]


def test_the_next_word_is_known_beforehand() -> None:
    rule = with_times(make_rule(), cooldown_s=900, reminder_s=3600, group_wait_s=20)
    stage = Stage(rule)
    stage.move(0, hot="true")
    assert find_next(rule, *stage.tracks.values()) == 20
    stage.move(20, hot="true")
    assert find_next(rule, *stage.tracks.values()) == 3620
    stage.move(30, hot="false")
    stage.move(50, hot="false")
    stage.move(60, hot="true")
    assert find_next(rule, *stage.tracks.values()) == 920
    acknowledged = msgspec.structs.replace(*stage.tracks.values(), acknowledged_by="ada")
    assert find_next(rule, acknowledged) is None


times: Any = st.fixed_dictionaries(
    {
        "cooldown_s": st.sampled_from([0.0, 60.0]),
        "reminder_s": st.sampled_from([0.0, 90.0]),
        "group_wait_s": st.sampled_from([0.0, 10.0, 20.0]),
    }
)


@given(st.lists(st.sampled_from(["true", "false", "no_data"]), max_size=80), times)
def test_no_receiver_is_told_of_an_end_it_heard_no_beginning_of(
    found: list[Outcome], seconds: dict[str, float]
) -> None:
    stage = Stage(with_times(make_rule(), **seconds))
    believed = False
    last_told: float | None = None
    for place, outcome in enumerate([*found, "false", "false", "false", "false"]):
        now = place * 10.0
        for kind, decided, _ in stage.move(now, hot=outcome):
            if decided == "suppressed":
                continue
            if kind == "fired":
                assert last_told is None or now - last_told >= seconds["cooldown_s"]
            assert believed == (kind != "fired")
            believed = kind != "resolved"
            last_told = now if believed else last_told
    assert not believed, "in the end everybody knows that it is over"
