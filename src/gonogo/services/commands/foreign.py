"""Moves of services that something else runs; each ends with its runner's own word for how it is now."""

from __future__ import annotations

from collections.abc import Awaitable

import msgspec

from gonogo.kernel.auth.actor import Actor
from gonogo.kernel.db.database import Tx
from gonogo.kernel.kernel import Kernel
from gonogo.services.foreign.board import ForeignBoard
from gonogo.services.foreign.runner import Runner
from gonogo.services.schemas import Swap
from gonogo.services.state import SwapResult
from gonogo.services.store.swaps import end_swap, get_swap, insert_swap


async def roll_back_foreign(kernel: Kernel, actor: Actor, name: str, runner: Runner) -> Swap:
    """Let its runner go back, and record it as every rollback. Raises ``RunnerFailed``, ``MoveNotOffered``."""
    board, began = kernel.get_part(ForeignBoard), kernel.clock.monotonic()
    before = await board.look_at(name)
    await runner.roll_back()
    after = await board.look_at(name)
    took = round(kernel.clock.monotonic() - began, 3)
    names = (before.version or "", after.version or "")
    told = {"name": name, "version": names[1], "previous": names[0], "duration_s": took}

    def keep(tx: Tx) -> Swap:
        swap = insert_swap(tx, name, "rollback", names, board.definitions[name].run_by, actor)
        moved = after.ready >= after.replicas
        result = SwapResult(moved=moved, why=after.why, version=names[1], previous=names[0], duration_s=took)
        end_swap(tx, swap, msgspec.structs.replace(result, ready_s=took))
        tx.emit("service.rolled_back" if moved else "service.swap_failed", name, told, actor)
        return get_swap(tx, swap)

    return await kernel.db.write(keep)


async def move_foreign(kernel: Kernel, actor: Actor, name: str, event: str, move: Awaitable[None]) -> None:
    """Carry a move out, look at the outcome, and write both down. Raises ``RunnerFailed``, ``MoveNotOffered``."""
    board = kernel.get_part(ForeignBoard)
    await move
    state = await board.look_at(name)
    run_by = board.definitions[name].run_by
    told = {"name": name, "run_by": run_by, "ready": state.ready, "replicas": state.replicas, "why": state.why}

    def keep(tx: Tx) -> None:
        tx.emit(event, name, told, actor)

    await kernel.db.write(keep)
