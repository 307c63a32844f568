"""The other half of the agent: deliver what is on disk, oldest first, and forget it when the server has it."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Protocol

import msgspec

from gonogo import __version__
from gonogo.observe.agent.buffer import Buffer
from gonogo.observe.agent.link import Refused, Undelivered
from gonogo.observe.agent.sampler import Sampler
from gonogo.observe.metrics import STEP_S
from gonogo.observe.schemas import Platform, Receipt, Report, Sample, Snapshot

PLATFORM_EVERY_S = 3600
BATCH = 500
SHORTEST_WAIT_S, LONGEST_WAIT_S = 5.0, 60.0


class Delivers(Protocol):
    """The way to the server."""

    def deliver(self, report: Report) -> Receipt: ...


class Courier:
    """Empties the buffer. ``say`` tells the operator what they should know."""

    def __init__(
        self,
        host: str,
        buffer: Buffer,
        link: Delivers,
        sampler: Sampler,
        platform: Platform,
        say: Callable[[str], None],
    ) -> None:
        self._host = host
        self._buffer = buffer
        self._link = link
        self._sampler = sampler
        self._platform = platform
        self._say = say
        self._next_delivery = 0.0
        self._next_platform = 0.0
        self._wait_s = SHORTEST_WAIT_S
        self._is_cut_off = False
        self._sent = (0, 0)

    def look(self, now: float) -> None:
        """Deliver when that is due at ``now`` (seconds since the epoch)."""
        if now >= self._next_delivery:
            self.deliver(now)

    def deliver(self, now: float) -> None:
        """Send everything that waits, until it is gone or the server does not take it."""
        while True:
            samples, snapshots = self._buffer.peek(BATCH, BATCH // 10)
            if not samples and not snapshots:
                return
            report = self._make_report(samples, snapshots, now)
            try:
                receipt = self._link.deliver(report)
            except Undelivered as failure:
                self._wait_longer(now, str(failure))
                return
            except Refused as refusal:
                # Sending the same again would end the same; newer samples must not wait behind it.
                self._say(f"{len(samples)} samples were refused and are dropped: {refusal}")
            else:
                self._note(receipt, report, now)
            self._buffer.drop(samples, snapshots)

    def _make_report(self, samples: list[Sample], snapshots: list[Snapshot], now: float) -> Report:
        return Report(
            host=self._host,
            agent=f"gonogo-agent {__version__}",
            samples=samples,
            snapshots=snapshots,
            details=self._sampler.details,
            platform=self._platform if now >= self._next_platform else None,
        )

    def _note(self, receipt: Receipt, report: Report, now: float) -> None:
        if self._is_cut_off:
            self._say("the server answers again")
        if receipt.refused:
            self._say(
                f"{receipt.refused} samples were too old or too new for the server. Is this machine's clock right?"
            )
        if report.platform is not None:
            self._next_platform = now + PLATFORM_EVERY_S
        self._is_cut_off, self._wait_s = False, SHORTEST_WAIT_S
        self._next_delivery = now + receipt.send_every_s
        self._count(report)

    def _count(self, report: Report) -> None:
        size, samples = self._sent
        size, samples = size + len(msgspec.json.encode(report)), samples + len(report.samples)
        self._sent = (size, samples)
        self._sampler.bytes_per_day = size * (86_400 // STEP_S) // max(samples, 1)

    def _wait_longer(self, now: float, reason: str) -> None:
        if not self._is_cut_off:
            self._say(f"not delivered, {len(self._buffer)} samples wait on disk: {reason}")
        self._is_cut_off = True
        # Many agents lost the same server: they must not all come back at the same moment.
        self._next_delivery = now + self._wait_s * random.uniform(0.5, 1.0)
        self._wait_s = min(self._wait_s * 2, LONGEST_WAIT_S)
