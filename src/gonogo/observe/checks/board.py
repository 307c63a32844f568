"""How every check stands: what the page, the signals, the verdict and the commands read. In memory; nothing waits."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from typing import Literal

import msgspec

from gonogo.observe.checks.definition import Check
from gonogo.observe.health import Component

State = Literal["up", "down", "unknown"]
Source = Literal["file", "api"]
KEPT = 5000
"""Results of a check that are remembered for its window."""
QUANTILES = (("p50", 0.5), ("p95", 0.95), ("p99", 0.99))


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """One round: when (seconds since the epoch), whether all was well, and what was not."""

    at: float
    passed: bool
    latency_ms: float | None = None
    http_status: int | None = None
    tls_days: float | None = None
    faults: tuple[str, ...] = ()


class Contract(msgspec.Struct, frozen=True, kw_only=True):
    """How the last look at a recorded baseline ended; ``passed`` is None when it could not be tried."""

    at: float
    passed: bool | None
    summary: str


class Window(msgspec.Struct, frozen=True, kw_only=True):
    """What a span of results adds up to: how many, % that passed, latency percentiles in ms (None without any)."""

    count: int
    uptime: float | None
    p50: float | None
    p95: float | None
    p99: float | None


class CheckState(msgspec.Struct, kw_only=True):
    """One check as it stands. It is down after ``check.failures`` failed rounds in a row, up after one good one."""

    check: Check
    source: Source
    state: State = "unknown"
    since: float | None = None
    failures: int = 0
    last: Result | None = None
    contract: Contract | None = None
    results: deque[Result] = msgspec.field(default_factory=lambda: deque(maxlen=KEPT))

    def add(self, result: Result) -> State:
        """Take over a result; gives the state that was before."""
        before = self.state
        self.failures = 0 if result.passed else self.failures + 1
        self.last = result
        self.results.append(result)
        if result.passed or self.failures >= self.check.failures:
            self.state = "up" if result.passed else "down"
        if self.state != before:
            self.since = result.at
        return before

    def list_recent(self, now: float) -> list[Result]:
        """The results within the check's window."""
        return [result for result in self.results if result.at > now - self.check.window_s]

    def is_fresh(self, now: float) -> bool:
        """Whether its last result still says something: no more than two rounds old."""
        patience = 2 * self.check.every_s + self.check.timeout_s
        return self.last is not None and now - self.last.at <= patience


class CheckBoard:
    """Every check by name."""

    def __init__(self) -> None:
        self._states: dict[str, CheckState] = {}

    def __iter__(self) -> Iterator[CheckState]:
        return iter(self._states.values())

    def __len__(self) -> int:
        return len(self._states)

    def find(self, name: str) -> CheckState | None:
        """A check's state; None when there is none of this name."""
        return self._states.get(name)

    def put(self, state: CheckState) -> None:
        """Add a check."""
        self._states[state.check.name] = state

    def drop(self, name: str) -> None:
        """Leave a check out."""
        self._states.pop(name, None)

    def list_components(self, host: str) -> list[Component]:
        """Every check as a part of ``host``, which asks it."""
        return [part for state in self._states.values() for part in list_parts(state, host)]


def list_parts(state: CheckState, host: str) -> list[Component]:
    """A check, and its contract if it has one, as parts of ``host``."""
    found = [_describe(state, host)]
    return found if state.contract is None else [*found, _describe_contract(state.check.name, state.contract, host)]


def name_component(name: str) -> str:
    """What a check is called among the components of health."""
    return f"check {name}"


def name_contract(name: str) -> str:
    """What a check's contract is called there."""
    return f"contract {name}"


def summarise(results: Iterable[Result]) -> Window:
    """Percentiles by nearest rank, of the rounds that were answered."""
    listed = list(results)
    times = sorted(result.latency_ms for result in listed if result.latency_ms is not None)
    uptime = 100 * sum(result.passed for result in listed) / len(listed) if listed else None
    return Window(
        count=len(listed),
        uptime=uptime,
        p50=read_quantile(times, 0.5),
        p95=read_quantile(times, 0.95),
        p99=read_quantile(times, 0.99),
    )


def read_quantile(ordered: Sequence[float], share: float) -> float | None:
    """The smallest of the ordered times that at least ``share`` of them do not exceed."""
    return ordered[max(0, -int(-share * len(ordered) // 1) - 1)] if ordered else None


def _describe(state: CheckState, host: str) -> Component:
    name, check = name_component(state.check.name), state.check
    since = None if state.since is None else int(state.since)
    if state.last is None:
        return Component(host, name, "healthy", 100.0, "not asked yet")
    if state.state == "down":
        why = f"check {check.name} has failed {state.failures} times in a row: {'; '.join(state.last.faults)}"
        return Component(
            host, name, "critical", 0.0, why, f"checks.{check.name}", state.failures, check.failures, 100.0, since
        )
    if not state.last.passed:
        why = f"check {check.name} failed {state.failures} of {check.failures} times: {'; '.join(state.last.faults)}"
        return Component(
            host, name, "warning", 75.0, why, f"checks.{check.name}", state.failures, check.failures, 25.0, since
        )
    return Component(host, name, "healthy", 100.0, f"{check.name} answers as it should", since=since)


def _describe_contract(check: str, contract: Contract, host: str) -> Component:
    name = name_contract(check)
    if contract.passed:
        return Component(host, name, "healthy", 100.0, contract.summary)
    rule = f"checks.{check}.contract"
    return Component(host, name, "warning", 60.0, contract.summary, rule, None, None, 40.0, int(contract.at))
