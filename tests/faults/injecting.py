"""The faults themselves."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import msgspec

from gonogo.jobs.schemas import Job
from tests.faults.course import Finding, Load, get_diary, judge, make_stage, work_off
from tests.faults.proxy import run_wire
from tests.faults.stage import Stage, open_stage
from tests.faults.victim import live
from tests.servers import PostgresServer, RedisServer

ROOT = Path(__file__).parents[2]
STEPS = ("register", "put", "take", "beat", "finish", "cancel", "retry", "sweep", "leave")
IN_LIBRARY = tuple(f"{step}.{when}" for step in STEPS for when in ("asked", "answered"))
IN_LEDGER = ("put.ledgered", "outcome.unsettled", "outcome.settled")
IN_SQLITE = (
    *("enqueue.started", "enqueue.written", "enqueue.committed", "claim.chosen", "claim.written", "claim.committed"),
    *("finish.written", "finish.committed", "cancel.written", "retry.written", "sweep.written"),
)


def list_points(backend: str) -> tuple[str, ...]:
    """Every place where a process on this backend may be killed."""
    if backend == "sqlite":
        return IN_SQLITE
    return (*IN_LIBRARY, *IN_LEDGER) if " over " in backend else IN_LIBRARY


async def kill_at(stage: Stage, point: str) -> Finding:
    """SIGKILL at a named place."""
    victim = _start(stage, "live", GONOGO_FAIL_AT=point)
    code = await asyncio.to_thread(victim.wait, 60)
    complaint = "" if code == -signal.SIGKILL else f"the place was never reached (exit {code})"
    return await judge(stage, f"kill at {point}", complaint)


async def freeze_past_lease(stage: Stage) -> Finding:
    """SIGSTOP after a claim; the lease passes, others do the work; then the frozen one reports."""
    diary = get_diary(stage)
    async with open_stage(stage) as queue:
        for accepted in await queue.enqueue([Job(type="noop", max_attempts=9) for _ in range(8)]):
            diary.write("accepted", accepted.id)
    victim = _start(stage, "freeze")
    await asyncio.to_thread(os.waitid, os.P_PID, victim.pid, os.WSTOPPED)
    async with open_stage(stage, ahead_s=16.0) as queue:
        await work_off(queue, diary)
    victim.send_signal(signal.SIGCONT)
    code = await asyncio.to_thread(victim.wait, 60)
    told = len(diary.list_ids("stale"))
    complaint = "" if (code, told) == (0, 5) else f"exit {code}; {told} of 5 late reports were stale"
    return await judge(stage, "frozen past the lease", complaint)


async def lose_reply(stage: Stage, step: str) -> Finding:
    """The question is carried out, its answer is lost, the connection ends."""
    target = "postgres" if stage.backend == "postgres" else "redis"
    async with run_wire(getattr(stage, target)) as (url, wire):
        wire.cut_after((f"step_{step}" if target == "postgres" else f"gonogo_{step}").encode())
        wired = msgspec.structs.replace(stage, **{target: url})
        async with open_stage(wired) as queue:
            await live(queue, get_diary(stage))
    return await judge(stage, f"reply of {step} lost", "" if wire.cuts == 1 else f"{wire.cuts} replies were lost")


async def restart_redis(stage: Stage, server: RedisServer) -> Finding:
    """Redis is killed under load and starts again."""
    return await _break(stage, "Redis restarted under load", server.restart)


async def flush_redis(stage: Stage, server: RedisServer) -> Finding:
    """FLUSHALL under load."""
    return await _break(stage, "FLUSHALL under load", lambda: server.ask("FLUSHALL"))


async def restart_postgres(stage: Stage, server: PostgresServer) -> Finding:
    """Postgres is killed under load and starts again."""
    return await _break(stage, "Postgres restarted under load", server.restart)


async def _break(stage: Stage, name: str, fault: Callable[[], object]) -> Finding:
    async def meet() -> None:
        await asyncio.to_thread(fault)

    async with open_stage(stage) as queue:
        resumed = await Load(queue, get_diary(stage)).run(meet)
    complaint = "" if resumed < 15 else "no outcome within a lease"
    return await judge(stage, name, complaint, resumed)


def _start(stage: Stage, role: str, **environ: str) -> subprocess.Popen[bytes]:
    words = [sys.executable, "-m", "tests.faults.victim", str(Path(stage.folder) / "stage"), role]
    return subprocess.Popen(words, cwd=ROOT, env=os.environ | environ)


async def inject(
    backend: str, redis: RedisServer, postgres: PostgresServer, every: int = 1, offset: int = 0
) -> list[Finding]:
    """Every fault that this backend can meet, or each ``every``-th of the kills and lost replies."""

    def stage() -> Stage:
        return make_stage(backend, redis.url, postgres.url)

    findings = [await kill_at(stage(), point) for point in list_points(backend)[offset::every]]
    findings.append(await freeze_past_lease(stage()))
    if backend != "sqlite":
        findings += [await lose_reply(stage(), step) for step in STEPS[offset::every]]
    if backend.startswith("redis"):
        findings.append(await restart_redis(stage(), redis))
    if backend.startswith("redis over"):
        findings.append(await flush_redis(stage(), redis))
    if backend.endswith("postgres"):
        findings.append(await restart_postgres(stage(), postgres))
    return findings
