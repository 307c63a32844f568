"""The signals of this process and its host, read with psutil at each sampling."""

from __future__ import annotations

import os
import time
from pathlib import Path

import psutil

from gonogo.kernel.signals.registry import Provider, Signal, SignalRegistry


def declare_process_signals(registry: SignalRegistry, disk: Path = Path("/")) -> None:
    """Declare and provide ``process.*`` for this process and ``host.*``; ``disk`` is the path whose file system counts.

    CPU is in % since the last sampling; of a process, 100 % is one core.
    """
    process = psutil.Process()
    process.cpu_percent(None)
    psutil.cpu_percent(None)
    found: list[tuple[str, str, str, Provider]] = [
        ("process.cpu", "%", "CPU time of this process; 100 % is one core", lambda: process.cpu_percent(None)),
        ("process.rss", "B", "memory this process holds", lambda: process.memory_info().rss),
        ("process.fds", "", "open file descriptors of this process", process.num_fds),
        ("process.threads", "", "threads of this process", process.num_threads),
        ("process.uptime", "s", "time since this process started", lambda: time.time() - process.create_time()),
        ("host.cpu", "%", "CPU time of the host, of all cores", lambda: psutil.cpu_percent(None)),
        ("host.memory", "%", "memory of the host in use", lambda: psutil.virtual_memory().percent),
        ("host.disk", "%", f"disk space in use at {disk}", lambda: psutil.disk_usage(str(disk)).percent),
        ("host.load1", "", "load average of the last minute", lambda: os.getloadavg()[0]),
    ]
    for name, unit, description, provider in found:
        registry.declare(Signal(name, unit, description, (), "kernel"))
        registry.provide(name, provider)
