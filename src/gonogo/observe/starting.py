"""What the room remembers when it starts: how healthy things were, how checks stood, how far logs were read."""

from __future__ import annotations

from functools import partial

import structlog

from gonogo.kernel.db.database import Tx
from gonogo.kernel.kernel import Kernel
from gonogo.kernel.knobs import Knobs
from gonogo.kernel.vault import open_vault
from gonogo.observe.checks.board import KEPT, CheckBoard, CheckState, Source
from gonogo.observe.checks.definition import Check, read_checks
from gonogo.observe.checks.rounds import Rounds
from gonogo.observe.checks.signals import declare_checks, tell_checks
from gonogo.observe.commands.checks import go_round
from gonogo.observe.commands.health import LOOK_S as HEALTH_LOOK_S
from gonogo.observe.commands.health import HealthLedger, record_all
from gonogo.observe.commands.logs import LOOK_S as LOGS_LOOK_S
from gonogo.observe.commands.logs import look_at_logs
from gonogo.observe.fleet import Fleet, HostState
from gonogo.observe.health import COMPONENTS, judge_samples
from gonogo.observe.knobs import read_limits
from gonogo.observe.levels import Standing
from gonogo.observe.logs.board import WINDOW_S, LogBoard, LogState
from gonogo.observe.logs.definition import WatchedLog, read_logs
from gonogo.observe.logs.following import Follower
from gonogo.observe.logs.signals import declare_logs
from gonogo.observe.store import checks, logs
from gonogo.observe.store.health import Memory, load_memory
from gonogo.observe.store.reading import KnownHost, list_hosts

TELL_EVERY_S = 5.0
log = structlog.get_logger()


async def recall_hosts(kernel: Kernel, fleet: Fleet) -> None:
    """Every host that was known, each component where it stood."""
    memory = await kernel.db.read(load_memory)
    kernel.add_part(HealthLedger(memory))
    fleet.load(_recall(known, memory, kernel.knobs) for known in await kernel.db.read(list_hosts))


async def open_checks(kernel: Kernel) -> None:
    """Take up the checks of gonogo.toml and those that were added. Raises ``ConfigError``."""
    board, rounds = CheckBoard(), Rounds(kernel, go_round)
    kernel.add_part(board)
    kernel.add_part(rounds)
    declare_checks(kernel.signals)
    found: list[tuple[Check, Source]] = [(one, "file") for one in read_checks(kernel.config.tables.get("checks", {}))]
    names = {check.name for check, _ in found}
    vault = open_vault(kernel.config.settings_key, kernel.config.folder, checks.PURPOSE)
    await kernel.db.write(partial(checks.seal_checks, vault=vault))
    for check in await kernel.db.read(partial(checks.list_checks, vault=vault)):
        if check.name in names:
            log.warning("check of gonogo.toml takes the place of one that was added", check=check.name)
        else:
            found.append((check, "api"))
    since = kernel.clock.now().timestamp()
    for check, source in found:
        board.put(await kernel.db.read(partial(_recall_check, check=check, source=source, now=since)))


async def open_logs(kernel: Kernel) -> None:
    """Take up the logs of gonogo.toml where they were left. Raises ``ConfigError``."""
    board = LogBoard()
    kernel.add_part(board)
    declare_logs(kernel.signals, board, kernel.clock.now)
    for watched in read_logs(kernel.config.tables.get("logs", {})):
        board.put(await _recall_log(kernel, watched))


def begin_rounds(kernel: Kernel) -> None:
    """Ask, follow and write down from now on."""
    board, rounds = kernel.get_part(CheckBoard), kernel.get_part(Rounds)
    for state in board:
        rounds.start(state)

    async def tell() -> None:
        tell_checks(kernel.signals, board, kernel.clock.now())

    kernel.tasks.repeat("tell checks", TELL_EVERY_S, tell)
    kernel.tasks.repeat("watch logs", LOGS_LOOK_S, partial(look_at_logs, kernel))
    kernel.tasks.repeat("write health", HEALTH_LOOK_S, partial(record_all, kernel))


def _recall(known: KnownHost, memory: Memory, knobs: Knobs) -> HostState:
    state = HostState(
        known.host,
        known.agent,
        known.first_seen,
        sample=known.sample,
        details=known.details,
        platform=known.platform,
        seen_at=known.last_seen,
    )
    for component, metric in COMPONENTS:
        was, value = memory.get((known.host, component)), state.find_value(metric)
        if was is not None and was.status != "unknown" and value is not None:
            state.standings[component] = Standing(was.status, was.since, value, read_limits(knobs, component))
    if known.sample is not None:
        judge_samples(state, [known.sample], knobs)
    return state


def _recall_check(tx: Tx, check: Check, source: Source, now: float) -> CheckState:
    state = CheckState(check=check, source=source)
    state.results.extend(checks.list_results(tx, check.name, now - check.window_s, KEPT))
    standing = checks.find_standing(tx, check.name)
    if standing is not None:
        state.state, state.since, state.failures = standing.state, standing.since, standing.failures
        state.contract = standing.contract if check.contract else None
        state.last = next(iter(checks.list_results(tx, check.name, 0.0, 1)), None)
    return state


async def _recall_log(kernel: Kernel, watched: WatchedLog) -> LogState:
    name, now = watched.name, int(kernel.clock.now().timestamp())
    place = await kernel.db.read(partial(logs.find_place, log=name))
    state = LogState(watched, Follower(watched.locate(kernel.config.folder), place))
    if place is None and not watched.from_start and not kernel.config.embedded:
        await kernel.db.write(partial(logs.write_place, log=name, place=state.follower.skip()))
    for at, levels, patterns in await kernel.db.read(
        partial(logs.list_counts, log=name, start=now - int(WINDOW_S), end=now + 1)
    ):
        state.take(at, levels, patterns)
    return state
