"""The port each of those is written against, and how their programs are called."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Literal, Protocol

import msgspec

from gonogo.services.errors import MoveNotOffered, RunnerFailed

TIMEOUT_S = 150.0
"""Seconds for one call; a rollout is waited for meanwhile."""
RunBy = Literal["systemd", "compose", "kubernetes", "pm2"]


class ForeignState(msgspec.Struct, frozen=True, kw_only=True):
    """How it runs, as its runner tells. ``version`` is whatever the runner knows it by: an image, a tag."""

    ready: int = 0
    replicas: int = 1
    version: str | None = None
    restarts: int = 0
    why: str = ""


class Runner(Protocol):
    """One service of one runner. Every method raises ``RunnerFailed``; a move it has not, ``MoveNotOffered``."""

    async def read_state(self) -> ForeignState:
        """How it runs now."""
        ...

    async def start(self) -> None: ...

    async def stop(self) -> None: ...

    async def restart(self) -> None: ...

    async def scale(self, replicas: int) -> None: ...

    async def roll_back(self) -> None: ...

    async def read_logs(self, lines: int) -> str:
        """The last lines it printed."""
        ...


async def call_program(*words: str) -> str:
    """What a program prints. Raises ``RunnerFailed`` with its complaint."""
    try:
        process = await asyncio.create_subprocess_exec(
            *words,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
    except FileNotFoundError as error:
        raise RunnerFailed(f"There is no program '{words[0]}' here. Install it, or leave the service out.") from error
    try:
        async with asyncio.timeout(TIMEOUT_S):
            output, complaint = await process.communicate()
    except TimeoutError as error:
        process.kill()
        await process.wait()
        raise RunnerFailed(f"`{' '.join(words)}` did not end within {TIMEOUT_S:g} s.") from error
    if process.returncode:
        told = (complaint or output).decode(errors="replace").strip()[-500:] or f"exit code {process.returncode}"
        raise RunnerFailed(f"`{' '.join(words)}` failed: {told}")
    return output.decode(errors="replace")


def decode_json(text: str, words: Sequence[str]) -> object:
    """What a program printed as JSON. Raises ``RunnerFailed``."""
    try:
        return msgspec.json.decode(text)
    except msgspec.DecodeError as error:
        raise RunnerFailed(f"`{' '.join(words)}` printed no JSON: {error}") from error


def refuse_move(runner: str, move: str, way_out: str) -> MoveNotOffered:
    """The error for a move that a runner has not."""
    return MoveNotOffered(f"{runner} can't {move}. {way_out}")
