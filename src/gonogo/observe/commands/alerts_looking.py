"""Looking at everything, every ten seconds and when asked, and keeping the rules up to date."""

from __future__ import annotations

from functools import partial

from gonogo.kernel.auth.actor import SYSTEM, Actor
from gonogo.kernel.auth.authorise import authorise
from gonogo.kernel.clock import sleep_until
from gonogo.kernel.config import Config
from gonogo.kernel.ids import new_id
from gonogo.kernel.kernel import Kernel
from gonogo.observe.addresses import find_fault
from gonogo.observe.alerts.channels.configured import open_channels
from gonogo.observe.alerts.defaults import list_defaults, name_thresholds
from gonogo.observe.alerts.machine import Key, Track
from gonogo.observe.alerts.notice import Place
from gonogo.observe.alerts.notifying import Ways
from gonogo.observe.alerts.round import TICK_S, Looker, Round, find_tick, read_live
from gonogo.observe.alerts.rulebook import read_manners, write_rulebook
from gonogo.observe.alerts.watch import Watch
from gonogo.observe.commands.alerts_sending import Postbox, deliver_due
from gonogo.observe.commands.alerts_writing import NOTICES, write_round
from gonogo.observe.commands.ingest import keep_report
from gonogo.observe.desk import Desk
from gonogo.observe.errors import BadReceiver
from gonogo.observe.schemas import Report
from gonogo.observe.signals import declare_host_signals
from gonogo.observe.store.alerts import list_tracks
from gonogo.observe.store.alerts_said import list_silences, list_stored_rules

GIVEN = "slack (given)"
"""The channel of an address that was given for one look."""


async def open_watch(kernel: Kernel) -> Watch:
    """Begin where the last process ended. Raises ``ConfigError`` for rules or channels that can't be used."""
    config, now = kernel.config, kernel.clock.now().timestamp()
    channels = open_channels(config, kernel.clock)
    watch = Watch(read_manners(config), _name_place(config), channels, Looker(now))
    watch.stored = await kernel.db.read(list_stored_rules)
    watch.tracks = await kernel.db.read(list_tracks)
    watch.silences = await kernel.db.read(partial(list_silences, since=now))
    refresh_rules(kernel, watch)
    kernel.add_part(watch)
    kernel.add_part(Postbox())
    return watch


def refresh_rules(kernel: Kernel, watch: Watch) -> None:
    """Write the rules anew, with the thresholds as they stand now."""
    watch.thresholds = name_thresholds(kernel.knobs)
    of_rooms = (rule for room in kernel.rooms for rule in room.alerts)
    defaults = list_defaults(kernel.knobs, of_rooms)
    configured = kernel.config.tables.get("alerts", {})
    watch.rules = write_rulebook(defaults, configured, watch.stored, watch.manners)


async def keep_looking(kernel: Kernel) -> None:
    """Wait for the next tick, then look."""
    await sleep_until(kernel.clock, find_tick(kernel.clock.now().timestamp()) + TICK_S)
    await look(kernel, find_tick(kernel.clock.now().timestamp()))


async def look(kernel: Kernel, at: float, *, at_once: bool = False, given: str = "") -> Round:
    """Look at everything as of ``at`` (seconds since the epoch), write down what changed, and have it sent.

    ``at_once`` lets no group wait; ``given`` is a Slack-compatible address to tell beside the configured channels.
    """
    watch = kernel.get_part(Watch)
    async with watch.lock:
        if watch.thresholds != name_thresholds(kernel.knobs):
            refresh_rules(kernel, watch)
        watch.silences = [silence for silence in watch.silences if silence.ends_at > at]
        targets = {GIVEN: given} if given and given != kernel.config.slack_webhook else {}
        ways = Ways((*watch.channels, *targets), new_id, at_once)
        read = partial(read_live, kernel.signals)
        began = kernel.clock.monotonic()
        found = watch.looker.look(watch.rules, read, watch.tracks, watch.silences, at, ways)
        watch.look_took_s = kernel.clock.monotonic() - began
        idle = [key for key in found.idle if key in watch.tracks]
        if found.changed or found.decisions or idle:
            before, rules, place = watch.tracks, watch.rules, watch.place
            write = partial(write_round, found=found, before=before, rules=rules, place=place, targets=targets)
            await kernel.db.write(write)
        _take_over(watch, found)
    for moved in found.moves:
        if moved.move in NOTICES:
            kernel.bus.notify(NOTICES[moved.move], moved.track.alert)
    if found.messages:
        kernel.get_part(Postbox).wake.set()
    return found


def _take_over(watch: Watch, found: Round) -> None:
    idle = set(found.idle)
    merged: dict[Key, Track] = {**watch.tracks, **found.tracks}
    watch.tracks = {key: track for key, track in merged.items() if key not in idle}
    watch.problems, watch.series, watch.looked_at = found.problems, found.series, found.at


async def look_now(kernel: Kernel, actor: Actor, slack_webhook: str = "") -> Round:
    """Look at once, and tell at once what there is to tell, also to the address given. Raises ``Forbidden`` or
    ``BadReceiver``.

    A process that lives for one command takes a sample of this machine first: nobody else does.
    """
    authorise(actor, "admin" if slack_webhook else "operator")
    if slack_webhook and (fault := find_fault(slack_webhook)):
        raise BadReceiver(f"'slack_webhook' {fault}.", field="slack_webhook")
    if kernel.config.embedded:
        await _sample_now(kernel)
    found = await look(kernel, kernel.clock.now().timestamp(), at_once=True, given=slack_webhook)
    if kernel.config.embedded:
        await deliver_due(kernel)
    return found


async def _sample_now(kernel: Kernel) -> None:
    declare_host_signals(kernel.signals)
    desk, now = kernel.get_part(Desk), kernel.clock.now().timestamp()
    sample, details = desk.collector.read(now)
    known = desk.fleet.find(desk.fleet.local)
    own = Report(host=desk.fleet.local, agent=known.agent if known else "", samples=[sample], details=details)
    await keep_report(kernel, SYSTEM, own)


def _name_place(config: Config) -> Place:
    return Place(config.environment, f"{config.public_url.rstrip('/')}/observe" if config.public_url else "")
