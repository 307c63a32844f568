"""This machine, observed from within the server: the same collectors as an agent's, without the network."""

from __future__ import annotations

import asyncio

from gonogo import __version__
from gonogo.kernel.auth.actor import SYSTEM
from gonogo.kernel.clock import sleep_until
from gonogo.kernel.kernel import Kernel
from gonogo.observe.collecting.platform import read_platform
from gonogo.observe.commands.ingest import keep_report
from gonogo.observe.desk import Desk
from gonogo.observe.metrics import STEP_S
from gonogo.observe.schemas import Report

AGENT = f"gonogo {__version__}"
SCAN_EVERY_S = 30.0


async def open_own(kernel: Kernel) -> None:
    """Say what this machine is, with its first sample."""
    desk, now = kernel.get_part(Desk), kernel.clock.now().timestamp()
    sample, details = desk.collector.read(now, desk.bytes_per_day)
    await keep_report(
        kernel,
        SYSTEM,
        Report(host=desk.fleet.local, agent=AGENT, samples=[sample], details=details, platform=read_platform()),
    )


async def sample_own(kernel: Kernel) -> None:
    """Wait for the next full five seconds of the clock, then take and keep a sample of this machine."""
    await sleep_until(kernel.clock, kernel.clock.now().timestamp() // STEP_S * STEP_S + STEP_S)
    desk, now = kernel.get_part(Desk), kernel.clock.now().timestamp()
    sample, details = desk.collector.read(now, desk.bytes_per_day)
    await keep_report(kernel, SYSTEM, Report(host=desk.fleet.local, agent=AGENT, samples=[sample], details=details))


async def scan_own(kernel: Kernel) -> None:
    """Wait 30 seconds, then scan this machine's processes."""
    await kernel.clock.sleep(SCAN_EVERY_S)
    await scan_processes(kernel)


async def scan_processes(kernel: Kernel) -> None:
    """Take and keep one snapshot of this machine's processes; in a thread, for it takes tens of milliseconds."""
    desk, now = kernel.get_part(Desk), kernel.clock.now().timestamp()
    snapshot = await asyncio.to_thread(desk.processes.read, now)
    await keep_report(kernel, SYSTEM, Report(host=desk.fleet.local, agent=AGENT, snapshots=[snapshot]))
