"""Taking what hosts report. It is a measurement, not a person's act, so no event is kept for each."""

from __future__ import annotations

from functools import partial

import msgspec

from gonogo.kernel.auth.actor import SYSTEM, Actor
from gonogo.kernel.auth.authorise import authorise
from gonogo.kernel.db.database import Tx
from gonogo.kernel.kernel import Kernel
from gonogo.observe.commands.health import record_health
from gonogo.observe.desk import WATCHED_FOR_S, Desk
from gonogo.observe.errors import BadReport
from gonogo.observe.fleet import HostState
from gonogo.observe.health import assess_health, judge_samples
from gonogo.observe.knobs import read_days
from gonogo.observe.metrics import NAMES, STEP_S, round_values
from gonogo.observe.schemas import Receipt, Report, Sample
from gonogo.observe.signals import MOST_HOSTS, record_samples, record_services
from gonogo.observe.store.recording import insert_samples, insert_snapshots, upsert_host
from gonogo.observe.tiers import DAY_S, RAW

AHEAD_S = 30
"""How far a host's clock may run ahead: a sample of next year would stay the newest until then."""
NOTE_EVERY_S = 60.0
KEPT_PROCESSES = 10
SEND_EVERY_S, SEND_WATCHED_S = 15, 5


async def take_report(kernel: Kernel, actor: Actor, report: Report) -> Receipt:
    """Store a report and pass its numbers on. Raises ``Forbidden``, ``OutOfBounds`` or ``BadReport``."""
    authorise(actor, "operator")
    covered = actor.bound.covers_host(report.host)
    await kernel.bounds.check(actor, "observe:write", f"the host {report.host}", covered=covered)
    _refuse_future(report, kernel.clock.now().timestamp())
    return await keep_report(kernel, actor, report)


async def keep_report(kernel: Kernel, actor: Actor, report: Report) -> Receipt:
    """Store a report that needs no leave: this machine's own."""
    desk, now = kernel.get_part(Desk), kernel.clock.now().timestamp()
    samples = [_align(sample) for sample in report.samples]
    # Of an hour that may have left the raw tier, roll-ups could not be made anew.
    oldest = now - (read_days(kernel.knobs)[RAW.name] - 1) * DAY_S
    kept = [sample for sample in samples if oldest <= sample.at <= now + AHEAD_S]
    snapshots = [snapshot for snapshot in report.snapshots if snapshot.at <= now + AHEAD_S]
    report = msgspec.structs.replace(report, snapshots=snapshots)
    is_new = desk.fleet.find(report.host) is None
    is_due = now - desk.noted_at.get(report.host, 0.0) >= NOTE_EVERY_S or report.platform is not None
    accepted = await kernel.db.write(
        partial(_write, report=report, samples=kept, now=int(now), note=is_new or is_due, joined=is_new, actor=actor)
    )
    if is_new or is_due:
        desk.noted_at[report.host] = now
    receipt = Receipt(accepted, len(kept) - accepted, len(samples) - len(kept), _pace(kernel, desk))
    state = _pass_on(kernel, desk, report, sorted(kept, key=lambda sample: sample.at), receipt)
    if state is not None:
        await record_health(kernel, assess_health([state], now).components)
    return receipt


def _write(tx: Tx, *, report: Report, samples: list[Sample], now: int, note: bool, joined: bool, actor: Actor) -> int:
    if note:
        upsert_host(tx, report.host, report.agent, now, report.platform, report.details)
    if joined and actor != SYSTEM:
        tx.emit("host.joined", report.host, {"agent": report.agent}, actor)
    insert_snapshots(tx, report.host, report.snapshots, KEPT_PROCESSES)
    return insert_samples(tx, report.host, samples)


def _pass_on(kernel: Kernel, desk: Desk, report: Report, samples: list[Sample], receipt: Receipt) -> HostState | None:
    """Let everybody know; gives the host's state when its health is another now."""
    fleet = desk.fleet
    before = fleet.find(report.host)
    newest = before.sample.at if before is not None and before.sample is not None else 0
    state = fleet.note(report, samples, kernel.clock.now().timestamp())
    fleet.accepted += receipt.accepted
    fleet.duplicates += receipt.duplicates
    fleet.refused += receipt.refused
    fresh = [sample for sample in samples if sample.at > newest]
    if len(fleet) <= MOST_HOSTS or report.host == fleet.local:
        record_samples(kernel.signals, state, fresh)
        for snapshot in report.snapshots:
            record_services(kernel.signals, report.host, snapshot)
    kernel.bus.notify("host.sampled", report.host)
    return state if judge_samples(state, fresh, kernel.knobs) else None


def _refuse_future(report: Report, now: float) -> None:
    for field, instants in (("samples", report.samples), ("snapshots", report.snapshots)):
        newest = max((one.at for one in instants), default=0)
        if newest > now + AHEAD_S:
            raise BadReport(
                f"'{field}' holds one that is {newest - now:.0f} s in the future; at most {AHEAD_S} s are taken. "
                f"Set the clock of {report.host} (chrony or systemd-timesyncd keep it right).",
                field=field,
            )


def _align(sample: Sample) -> Sample:
    if len(sample.values) != len(NAMES):
        raise BadReport(f"A sample has {len(NAMES)} values, not {len(sample.values)}.", field="samples")
    return Sample(sample.at // STEP_S * STEP_S, round_values(sample.values))


def _pace(kernel: Kernel, desk: Desk) -> int:
    watched = kernel.clock.monotonic() - desk.watched_at < WATCHED_FOR_S
    return SEND_WATCHED_S if watched else SEND_EVERY_S
