"""Reading watched logs: what is new is counted and kept before the place moves on."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from functools import partial

import structlog

from gonogo.kernel.kernel import Kernel
from gonogo.observe.errors import LogNotFound
from gonogo.observe.logs.board import LogBoard, LogState
from gonogo.observe.logs.following import Piece
from gonogo.observe.logs.lines import Tally
from gonogo.observe.store.logs import write_tally

LOOK_S = 1.0
log = structlog.get_logger()


def get_log(kernel: Kernel, name: str) -> LogState:
    """A watched log. Raises ``LogNotFound``."""
    state = kernel.get_part(LogBoard).find(name)
    if state is None:
        raise LogNotFound(f"No log '{name}' is watched. Name it in gonogo.toml as [logs.{name}].", field="name")
    return state


async def look_at_logs(kernel: Kernel) -> None:
    """Read every log whose file is not as it was at the last look."""
    for state in tuple(kernel.get_part(LogBoard)):
        async with state.lock:
            await _look(kernel, state)


async def _look(kernel: Kernel, state: LogState) -> None:
    try:
        signed = state.follower.sign()
        if signed == state.signed:
            return
        lines = await _read(kernel, state)
        state.signed = signed
        _tell_problem(state, "" if state.path.exists() else f"there is no file {state.path}")
    except OSError as error:
        _tell_problem(state, f"{state.path} can't be read: {error.strerror or error}")
        return
    if lines:
        kernel.bus.notify("log.grown", state.log.name, {"lines": lines})


async def _read(kernel: Kernel, state: LogState) -> int:
    lines, pieces, name = 0, state.follower.read(), state.log.name
    while (found := await asyncio.to_thread(_read_piece, state, pieces)) is not None:
        piece, tally = found
        await kernel.db.write(partial(write_tally, log=name, tally=tally, place=piece.place, most=state.log.excerpts))
        state.follower.place = piece.place
        state.read_at = kernel.clock.now().timestamp()
        state.take(state.read_at, tally.levels, tally.patterns)
        lines += tally.levels.total()
    return lines


def _read_piece(state: LogState, pieces: Iterator[Piece]) -> tuple[Piece, Tally] | None:
    piece = next(pieces, None)
    return None if piece is None else (piece, state.tally(piece))


def _tell_problem(state: LogState, problem: str) -> None:
    if problem and problem != state.problem:
        log.warning("log not read", log=state.log.name, reason=problem)
    state.problem = problem
