"""Starting alerts with the room, ending those whose thing is gone, and dropping what is old."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from gonogo.kernel.clock import format_instant
from gonogo.kernel.db.database import Tx
from gonogo.kernel.events.event import Event
from gonogo.kernel.kernel import Kernel
from gonogo.observe.alerts.defaults import SILENCE
from gonogo.observe.alerts.signals import declare_alert_signals
from gonogo.observe.commands.alerts import end_alerts
from gonogo.observe.commands.alerts_looking import keep_looking, open_watch
from gonogo.observe.commands.alerts_sending import send_letters
from gonogo.observe.desk import Desk
from gonogo.observe.store.alerts import delete_old_alerts
from gonogo.observe.store.alerts_told import delete_old_tellings

KEPT_DAYS = 400
DROP_EVERY_S = 86_400.0
PAUSE_S = 1.0
_GONE = {"host.forgotten": "host", "check.removed": "check"}
"""Events after which a thing reports no more, and the label under which its series carry its name."""


async def start_alerts(kernel: Kernel) -> None:
    """Take up what the last process left, and in a process that stays: look, send and drop."""
    watch = await open_watch(kernel)
    declare_alert_signals(kernel, watch, kernel.get_part(Desk).fleet)
    enabled = {name for name, rule in watch.rules.items() if rule.body.enabled}
    await end_alerts(kernel, lambda key, _track: key.rule not in enabled, "the rule is there no more")
    for noun in {name.partition(".")[0] for name in _GONE}:
        kernel.bus.listen(noun, partial(_hear, kernel))
    if kernel.config.embedded:
        return
    kernel.tasks.repeat("look at alert rules", 0, partial(keep_looking, kernel))
    kernel.tasks.repeat("send notifications", PAUSE_S, partial(send_letters, kernel))
    kernel.tasks.repeat("drop old alerts", DROP_EVERY_S, partial(drop_old, kernel))


async def drop_old(kernel: Kernel) -> None:
    """Drop alerts that ended, and lines of the ledger, from more than 400 days ago."""
    before = format_instant(kernel.clock.now() - timedelta(days=KEPT_DAYS))

    def drop(tx: Tx) -> None:
        delete_old_alerts(tx, before)
        delete_old_tellings(tx, before)

    await kernel.db.write(drop)


def _hear(kernel: Kernel, event: Event) -> None:
    label = _GONE.get(event.name)
    if label is None:
        return
    if label == "host":
        kernel.signals.forget(SILENCE, {"host": event.subject})
    because = f"{label} {event.subject} is watched no more"
    ended = end_alerts(kernel, lambda _key, track: track.labels.get(label) == event.subject, because)
    kernel.tasks.spawn(f"end alerts of {event.subject}", ended)
