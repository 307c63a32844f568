"""The live numbers of this process: who declares them, where they come from, and their last samples.

Used from one thread (the event loop). Memory is bounded: a ring per series, a limit on series; what is refused or
overwritten is counted in ``counters``.
"""

from __future__ import annotations

import logging
import math
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime

import msgspec

from gonogo.kernel.signals.expression import write_series
from gonogo.kernel.signals.ring import Ring
from gonogo.kernel.signals.units import get_unit

log = logging.getLogger(__name__)
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_:-]*(\.[A-Za-z0-9_:-]+)*\Z")

PUSHED = "pushed"
"""The source of a signal that no part of Gonogo measures: its samples come by request."""

Labels = Mapping[str, str]
Reading = float | Iterable[tuple[Labels, float]] | None
Provider = Callable[[], Reading]


class SignalConflict(ValueError):
    """The name is declared already, with another unit or meaning."""


class BadSignalName(ValueError):
    """The name could not be written in an expression."""


class SignalNotDeclared(LookupError):
    """A provider was offered for a name nobody declared."""


class Signal(msgspec.Struct, frozen=True):
    """One declared number. ``labels`` names the labels its series carry; ``source`` says who reports it."""

    name: str
    unit: str
    description: str
    labels: tuple[str, ...] = ()
    source: str = ""


class Series(msgspec.Struct, frozen=True):
    """One series of a signal: samples are (seconds since the epoch, value in the signal's unit), oldest first."""

    signal: str
    labels: dict[str, str]
    samples: list[tuple[float, float]]


class SeriesStatus(msgspec.Struct, frozen=True, kw_only=True):
    """The last value of one series and its age in seconds."""

    labels: dict[str, str]
    value: float
    age_s: float
    samples: int


class SignalStatus(msgspec.Struct, frozen=True, kw_only=True):
    """A signal with what is known of it now; ``error`` is its provider's last failure, until it answers again."""

    signal: Signal
    series: tuple[SeriesStatus, ...]
    error: str | None = None


class Counters(msgspec.Struct):
    """What the bounds cost so far: samples overwritten by newer ones, and samples refused, by reason."""

    overwritten: int = 0
    not_finite: int = 0
    too_many_series: int = 0


class SignalRegistry:
    """Declared signals and their rings of samples.

    ``ring_length`` samples are kept per series (4,320: six hours at one every five seconds) and ``max_series`` series.
    """

    def __init__(self, *, ring_length: int = 4320, max_series: int = 2000) -> None:
        self.counters = Counters()
        self._ring_length = ring_length
        self._max_series = max_series
        self._signals: dict[str, Signal] = {}
        self._providers: dict[str, Provider] = {}
        self._errors: dict[str, str] = {}
        self._rings: dict[str, dict[str, tuple[dict[str, str], Ring]]] = {}
        self._series_count = 0

    def declare(self, signal: Signal) -> None:
        """Make a signal known. The same declaration again is fine; another one raises :class:`SignalConflict`."""
        _check_name(signal.name)
        get_unit(signal.unit)
        known = self._signals.get(signal.name)
        if known is not None and known != signal and known.source != PUSHED:
            raise SignalConflict(
                f"signal {signal.name!r} is declared already by {known.source!r} in {known.unit or 'plain numbers'}; "
                "give this one another name, or declare it alike"
            )
        if known is not None and known.unit != signal.unit:
            self.forget(signal.name)
        self._signals[signal.name] = signal

    def provide(self, name: str, provider: Provider) -> None:
        """Let ``provider()`` be asked at each sampling: a number, (labels, number) pairs, or None for no data."""
        if name not in self._signals:
            raise SignalNotDeclared(f"signal {name!r} is not declared; declare it before providing it")
        self._providers[name] = provider

    def record(self, name: str, value: float, labels: Labels | None = None, *, at: datetime, unit: str = "") -> bool:
        """Add one sample, in the signal's unit. An unknown name is declared with ``unit`` and source "pushed".

        Gives False when the sample was refused (not a finite number, or too many series); ``counters`` says why.
        Raises :class:`BadSignalName` and ``UnknownUnit`` for an unknown name that can't be declared.
        """
        if name not in self._signals:
            _check_name(name)
            get_unit(unit)
        if not math.isfinite(value):
            self.counters.not_finite += 1
            return False
        ring = self._find_ring(name, dict(labels or {}))
        if ring is None:
            self.counters.too_many_series += 1
            return False
        if name not in self._signals:
            self.declare(Signal(name, unit, "", tuple(sorted(labels or {})), PUSHED))
        self.counters.overwritten += ring.add(at.timestamp(), float(value))
        return True

    def sample_all(self, now: datetime) -> None:
        """Ask every provider once."""
        self.sample(list(self._providers), now)

    def sample(self, names: Iterable[str], now: datetime) -> None:
        """Ask the providers of these names; one that fails leaves no sample, and its error shows in the list."""
        for name in names:
            provider = self._providers.get(name)
            if provider is not None:
                self._pull(name, provider, now)

    def find_signal(self, name: str) -> Signal | None:
        """The declaration of this name, or None."""
        return self._signals.get(name)

    def list_declared(self) -> list[Signal]:
        """Every declaration by name."""
        return [signal for _, signal in sorted(self._signals.items())]

    def find_samples(self, name: str, labels: Labels | None = None, since: datetime | None = None) -> list[Series]:
        """Every series of ``name`` that carries at least these labels, with its samples from ``since`` on."""
        start = -math.inf if since is None else since.timestamp()
        return [
            Series(name, own, ring.read(start, math.inf))
            for own, ring in self._rings.get(name, {}).values()
            if _carries(own, labels or {})
        ]

    def find_rings(self, name: str, labels: Labels) -> list[tuple[dict[str, str], Ring]]:
        """The rings themselves, for the evaluation: reading a window copies no more than the window."""
        return [pair for pair in self._rings.get(name, {}).values() if _carries(pair[0], labels)]

    def forget(self, name: str, labels: Labels | None = None) -> int:
        """Drop the series of ``name`` with these labels (a removed check, a stopped service); gives how many."""
        rings = self._rings.get(name, {})
        gone = [key for key, (own, _) in rings.items() if _carries(own, labels or {})]
        for key in gone:
            del rings[key]
        self._series_count -= len(gone)
        return len(gone)

    def withdraw(self, name: str) -> None:
        """Take back a declaration with its provider and samples, so that a better source can declare the name."""
        self.forget(name)
        self._signals.pop(name, None)
        self._providers.pop(name, None)
        self._errors.pop(name, None)

    def list_signals(self, now: datetime) -> list[SignalStatus]:
        """Every signal by name, with the last value of each series and its age."""
        return [
            SignalStatus(signal=signal, series=self._list_series(name, now), error=self._errors.get(name))
            for name, signal in sorted(self._signals.items())
        ]

    def _list_series(self, name: str, now: datetime) -> tuple[SeriesStatus, ...]:
        found = []
        for _, (labels, ring) in sorted(self._rings.get(name, {}).items()):
            at, value = ring.last()
            age = max(0.0, now.timestamp() - at)
            found.append(SeriesStatus(labels=labels, value=value, age_s=age, samples=len(ring)))
        return tuple(found)

    def _pull(self, name: str, provider: Provider, now: datetime) -> None:
        try:
            reading = provider()
            pairs = [({}, reading)] if isinstance(reading, int | float) else list(reading or ())
            for labels, value in pairs:
                self.record(name, value, labels, at=now)
        except Exception as error:
            if name not in self._errors:
                log.exception("the provider of signal %s failed; it has no data until it answers again", name)
            self._errors[name] = f"{type(error).__name__}: {error}"
        else:
            self._errors.pop(name, None)

    def _find_ring(self, name: str, labels: dict[str, str]) -> Ring | None:
        key = write_series("", labels)
        known = self._rings.get(name, {}).get(key)
        if known is not None:
            return known[1]
        if self._series_count >= self._max_series:
            return None
        self._series_count += 1
        ring = Ring(self._ring_length)
        self._rings.setdefault(name, {})[key] = (labels, ring)
        return ring


def _check_name(name: str) -> None:
    if not _NAME.match(name):
        raise BadSignalName(f"{name!r} is no signal name; use letters, digits, _ : - and dots, such as http.p95")


def _carries(own: Labels, asked: Labels) -> bool:
    # A label that is asked to be empty is one the series does not carry.
    return all(own.get(name, "") == value for name, value in asked.items())
