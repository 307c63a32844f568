"""Reading checklists beside the event loop, in a process with a budget of time."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections import OrderedDict

import msgspec

from gonogo.releases.errors import PlanTooSlow
from gonogo.releases.plan import Plan
from gonogo.releases.running.reading_process import HEAD
from gonogo.releases.running.understand import Reading

BUDGET_S = 10.0
"""How long the reading of one checklist may take."""
START_S = 30.0
"""How long the process may take to start, on a machine that has much else to do."""
MOST_PLANS = 32
FRESH_S = 2.0
"""How long a plan is remembered: programs and files come and go beside the document."""


class PlanReader:
    """Reads checklists to plans. Texts and files have a process each: a pasted text can't keep a release waiting."""

    def __init__(self, budget_s: float = BUDGET_S) -> None:
        self._budget_s = budget_s
        self._texts = ReadingProcess(budget_s)
        self._files = ReadingProcess(budget_s)
        self._plans: OrderedDict[bytes, tuple[float, Plan]] = OrderedDict()

    async def read(self, reading: Reading, *, is_text: bool = False) -> Plan:
        """The plan of a checklist. Raises PlanTooSlow when it can't be read within the budget."""
        key = reading.hash_all()
        at, known = self._plans.get(key, (0.0, None))
        if known is not None and time.monotonic() - at < FRESH_S:
            return known
        process = self._texts if is_text else self._files
        answer = await process.ask(msgspec.msgpack.encode(reading))
        if answer is None:
            raise PlanTooSlow(
                f"This checklist could not be read within {self._budget_s:g} s. "
                "Look for very long lines and deeply nested lists or quotes, or split it.",
                field="markdown" if is_text else "path",
            )
        plan = msgspec.msgpack.decode(answer, type=Plan)
        self._plans[key] = (time.monotonic(), plan)
        self._plans.move_to_end(key)
        if len(self._plans) > MOST_PLANS:
            self._plans.popitem(last=False)
        return plan

    async def close(self) -> None:
        """End the processes."""
        await self._texts.close()
        await self._files.close()


class ReadingProcess:
    """One process, started when it is needed first and again after it was killed; one request at a time."""

    def __init__(self, budget_s: float) -> None:
        self._budget_s = budget_s
        self._process: Process | None = None
        self._turn = asyncio.Lock()

    async def ask(self, request: bytes) -> bytes | None:
        """The answer; None when the budget was used up, or the process died of the request."""
        async with self._turn:
            try:
                process = await self._start()
                async with asyncio.timeout(self._budget_s):
                    return await _exchange(process, request)
            except (TimeoutError, OSError, EOFError):
                await self._kill()
                return None
            except BaseException:
                # Its answer would be taken for that of the next request.
                await self._kill()
                raise

    async def close(self) -> None:
        """End the process."""
        async with self._turn:
            await self._kill()

    async def _start(self) -> Process:
        if self._process is None or self._process.returncode is not None:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "gonogo.releases.running.reading_process",
                str(self._budget_s),
                stdin=PIPE,
                stdout=PIPE,
                stderr=DEVNULL,
                env=_find_environment(),
                start_new_session=True,
            )
            async with asyncio.timeout(START_S):
                await _exchange(self._process, msgspec.msgpack.encode(Reading(document=b"", path="")))
        return self._process

    async def _kill(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        if process.returncode is None:
            process.kill()
        if process.stdin is not None:
            process.stdin.close()
        await process.wait()


async def _exchange(process: Process, request: bytes) -> bytes:
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(HEAD.pack(len(request)) + request)
    await process.stdin.drain()
    [size] = HEAD.unpack(await process.stdout.readexactly(HEAD.size))
    return await process.stdout.readexactly(size)


def _find_environment() -> dict[str, str]:
    # Nothing of the server's own: it reads what anybody may send.
    named = {name: os.environ[name] for name in ("PATH", "LANG", "LC_ALL") if name in os.environ}
    return {**named, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
