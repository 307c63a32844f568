"""Delivering letters: each channel's in order, again and again until its receiver has taken it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial

import msgspec
import structlog

from gonogo.kernel.auth.actor import SYSTEM
from gonogo.kernel.clock import Clock, format_instant, parse_instant
from gonogo.kernel.db.database import Tx
from gonogo.kernel.kernel import Kernel
from gonogo.observe.alerts.channels.channel import Channel, DeliveryFailed
from gonogo.observe.alerts.channels.slack import SlackChannel
from gonogo.observe.alerts.notice import Notice
from gonogo.observe.alerts.telling import Delivery, LedgerLine, Letter
from gonogo.observe.alerts.watch import Watch
from gonogo.observe.store.alerts_told import append_lines, count_waiting, list_heads, update_letter

PAUSES_S = (5.0, 10.0, 20.0, 40.0, 60.0, 120.0, 300.0, 600.0)
"""How long to wait after each failed attempt; the last one holds for all that follow."""
LONGEST_S = 86_400.0
HOPELESS_AFTER = 3
"""Attempts after which an answer that means "never" is believed: proxies say such things while a program restarts."""
log = structlog.get_logger()


@dataclass(slots=True)
class Postbox:
    """``wake`` is set when there is something to send; ``taken`` are letters that arrived, yet to be noted as sent.

    Whoever delivers holds ``lock``: two at a time would send everything twice.
    """

    wake: asyncio.Event = field(default_factory=asyncio.Event)
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    taken: set[str] = field(default_factory=set)


async def send_letters(kernel: Kernel) -> None:
    """Deliver what is due, then wait for the next letter or the next attempt."""
    postbox = kernel.get_part(Postbox)
    postbox.wake.clear()
    due_in = await deliver_due(kernel)
    await _wait(postbox.wake, kernel.clock, due_in)


async def deliver_due(kernel: Kernel) -> float | None:
    """Deliver every letter that is due; gives the seconds until the next one is, None when the outbox is empty."""
    async with kernel.get_part(Postbox).lock:
        return await _deliver_all(kernel)


async def _deliver_all(kernel: Kernel) -> float | None:
    while True:
        heads = await kernel.db.read(list_heads)
        now = format_instant(kernel.clock.now())
        due = [letter for letter in heads if letter.due_at <= now]
        if not due:
            kernel.get_part(Watch).unsent = await kernel.db.read(count_waiting)
            waits = [(parse_instant(letter.due_at) - kernel.clock.now()).total_seconds() for letter in heads]
            return max(0.0, min(waits)) if waits else None
        await asyncio.gather(*(_deliver(kernel, letter) for letter in due))


async def try_send(channel: Channel, notice: Notice, letter: str) -> DeliveryFailed | None:
    """Send; gives what went wrong, whatever a library may raise."""
    try:
        await channel.send(notice, letter)
    except DeliveryFailed as failure:
        return failure
    except Exception as error:
        log.exception("a channel failed in a way nobody foresaw", channel=channel.name)
        return DeliveryFailed(type(error).__name__)
    return None


async def _deliver(kernel: Kernel, letter: Letter) -> None:
    taken = kernel.get_part(Postbox).taken
    notice = msgspec.json.decode(letter.body, type=Notice)
    if letter.id not in taken:
        channel = _find_channel(kernel, letter)
        gone = DeliveryFailed("the channel is configured no more", is_final=True)
        failure = gone if channel is None else await try_send(channel, notice, letter.id)
        if failure is not None:
            await kernel.db.write(partial(_write_failure, letter=letter, notice=notice, failure=failure))
            return
        taken.add(letter.id)
    await kernel.db.write(partial(_write_success, letter=letter, notice=notice))
    taken.discard(letter.id)


def _find_channel(kernel: Kernel, letter: Letter) -> Channel | None:
    if letter.target:
        return SlackChannel(letter.target, letter.channel)
    return kernel.get_part(Watch).channels.get(letter.channel)


def _write_success(tx: Tx, letter: Letter, notice: Notice) -> None:
    sent = msgspec.structs.replace(letter, state="sent", attempts=letter.attempts + 1, error="")
    update_letter(tx, sent)
    _note(tx, sent, notice, "sent", "")
    data = {"text": notice.title, "channel": letter.channel, "alerts": [told.alert for told in notice.alerts]}
    tx.emit("alert.notified", letter.notification, data, SYSTEM)


def _write_failure(tx: Tx, letter: Letter, notice: Notice, failure: DeliveryFailed) -> None:
    attempts, now = letter.attempts + 1, tx.clock.now()
    too_old = (now - parse_instant(letter.created_at)).total_seconds() >= LONGEST_S
    over = too_old or (failure.is_final and attempts >= HOPELESS_AFTER)
    pause = failure.retry_after_s or PAUSES_S[min(attempts, len(PAUSES_S)) - 1]
    tried = msgspec.structs.replace(
        letter,
        state="failed" if over else "waiting",
        attempts=attempts,
        due_at=format_instant(now + timedelta(seconds=pause)),
        error=str(failure),
    )
    update_letter(tx, tried)
    _note(tx, tried, notice, "failed" if over else "retried", str(failure))
    if over:
        data = {"text": notice.title, "channel": letter.channel, "reason": str(failure)}
        tx.emit("alert.notification_failed", letter.notification, data, SYSTEM)


def _note(tx: Tx, letter: Letter, notice: Notice, outcome: Delivery, reason: str) -> None:
    first = notice.alerts[0]
    line = LedgerLine(
        at=format_instant(tx.clock.now()),
        rule=first.rule,
        kind=first.kind,
        outcome=outcome,
        reason=reason,
        channel=letter.channel,
        notification=letter.notification,
        attempt=letter.attempts,
    )
    append_lines(tx, [line])


async def _wait(wake: asyncio.Event, clock: Clock, seconds: float | None) -> None:
    waiting = [asyncio.ensure_future(wake.wait())]
    if seconds is not None:
        waiting.append(asyncio.ensure_future(clock.sleep(seconds)))  # type: ignore[arg-type]
    try:
        await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for one in waiting:
            one.cancel()
