"""What looking at alert rules costs: 100 rules over 100 hosts, every ten seconds, as a share of one core.

Most series are well and one in a hundred fires, as in life; a second figure has every tenth one tremble at its
threshold. Only the look itself is measured: what it changes is written to the database now and then.
"""

from __future__ import annotations

import random
import time
from datetime import UTC, datetime
from functools import partial

from gonogo.kernel.signals import Signal, SignalRegistry
from gonogo.observe.alerts.machine import Key, Track
from gonogo.observe.alerts.notifying import Ways
from gonogo.observe.alerts.round import TICK_S, Looker, read_live
from gonogo.observe.alerts.rule import Manners, Rule, RuleBody, compile_rule

RULES, HOSTS, SIGNALS, LOOKS = 100, 100, 10, 60
TARGET_SHARE = 1.0
START = 1_772_452_802.0


def write_rules() -> dict[str, Rule]:
    """Ten rules for each of ten signals, at other thresholds and times."""
    manners = Manners()
    bodies = {
        f"rule-{place:03}": RuleBody(expression=f"host.metric{place % SIGNALS} > {90 + place // SIGNALS}% for 5m")
        for place in range(RULES)
    }
    return {name: compile_rule(name, body, "stored", manners) for name, body in bodies.items()}


def record(registry: SignalRegistry, chance: random.Random, at: float, unwell: float) -> None:
    """A sample of every signal of every host."""
    moment = datetime.fromtimestamp(at, UTC)
    for host in range(HOSTS):
        level = 99.5 if host == 0 else 20.0
        for signal in range(SIGNALS):
            value = chance.uniform(85, 100) if host < HOSTS * unwell else level
            registry.record(f"host.metric{signal}", value, {"host": f"web{host}"}, at=moment)


def measure(unwell: float) -> tuple[float, float, int]:
    """Percent of a core, the slowest look in milliseconds, and how many tracks there were in the end."""
    registry, chance = SignalRegistry(), random.Random(7)
    for signal in range(SIGNALS):
        registry.declare(Signal(f"host.metric{signal}", "%", "", ("host",)))
    rules, looker, tracks = write_rules(), Looker(START), dict[Key, Track]()
    numbers = iter(range(10_000_000))
    ways = Ways(("slack",), lambda: str(next(numbers)))
    spent, slowest = 0.0, 0.0
    for place in range(LOOKS):
        now = START + place * TICK_S
        record(registry, chance, now - 2, unwell)
        began = time.process_time()
        found = looker.look(rules, partial(read_live, registry), tracks, (), now, ways)
        took = time.process_time() - began
        spent, slowest = spent + took, max(slowest, took)
        tracks |= found.tracks
        for key in found.idle:
            tracks.pop(key, None)
    return 100 * spent / (LOOKS * TICK_S), slowest * 1000, len(tracks)


def main() -> None:
    """Print both figures beside the target."""
    for title, unwell in (("one host in a hundred fires", 0.0), ("one host in ten trembles as well", 0.1)):
        share, slowest, tracks = measure(unwell)
        print(
            f"{RULES} rules x {HOSTS} hosts, {title}: {share:.2f} % of a core (target < {TARGET_SHARE:.0f} %), "
            f"slowest look {slowest:.0f} ms, {tracks} series not ok; ratio to target {share / TARGET_SHARE:.2f}"
        )


if __name__ == "__main__":
    main()
