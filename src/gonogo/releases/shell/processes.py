"""Which processes belong to a command: its descendants, and whatever carries its mark in its environment.

Read from /proc, without other libraries: the launcher starts fast because it loads next to nothing.
"""

from __future__ import annotations

import contextlib
import os
import time
from collections import defaultdict
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import NamedTuple

MARK = "GONOGO_ITEM"
_PROC = Path("/proc")
_TICKS = os.sysconf("SC_CLK_TCK")


class Process(NamedTuple):
    """One living process. ``ticks`` since the machine's start tell a reused id from the first one."""

    pid: int
    parent: int
    group: int
    ticks: int


def list_processes() -> list[Process]:
    """Every process that is not a zombie; empty where there is no /proc."""
    if not _PROC.is_dir():
        return []
    found = (_read_process(int(path.name)) for path in _PROC.iterdir() if path.name.isdecimal())
    return [process for process in found if process is not None]


def _read_process(pid: int) -> Process | None:
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    fields = text.rpartition(")")[2].split()
    return None if fields[0] in "ZX" else Process(pid, int(fields[1]), int(fields[2]), int(fields[19]))


def find_descendants(roots: Iterable[int], processes: Iterable[Process]) -> set[int]:
    """Everything below these processes, themselves included."""
    children = defaultdict(list)
    for process in processes:
        children[process.parent].append(process.pid)
    found, waiting = set(), list(roots)
    while waiting:
        pid = waiting.pop()
        if pid not in found:
            found.add(pid)
            waiting += children[pid]
    return found


def find_marked(mark: str, processes: Iterable[Process]) -> set[int]:
    """Every process that was started with this mark in its environment."""
    entry = f"{MARK}={mark}".encode()
    return {process.pid for process in processes if entry in _read_environment(process.pid)}


def _read_environment(pid: int) -> list[bytes]:
    try:
        return Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
    except OSError:
        return []


def find_work(root: int | None, mark: str, also: Iterable[int] = ()) -> set[int]:
    """Every living process of a command: its group, its descendants, and those that carry its mark.

    Without a ``root`` only the mark counts: the id of a process that is gone may belong to anybody by now.
    """
    processes = list_processes()
    roots = {*also, *find_marked(mark, processes)}
    # Ids up to 1 are the kernel and init: everything descends from them, and the kernel's threads are group 0.
    if root is not None and root > 1:
        roots |= {root, *(process.pid for process in processes if process.group == root)}
    found = find_descendants({pid for pid in roots if pid > 1}, processes)
    return found & {process.pid for process in processes} - {os.getpid(), os.getppid()}


def signal_work(root: int | None, mark: str, number: int, also: Iterable[int] = ()) -> set[int]:
    """Send a signal to everything that belongs to a command; gives whom it was sent to."""
    work = find_work(root, mark, also)
    if not _PROC.is_dir() and root is not None and root > 1:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(root, number)
    # The oldest first: a shell whose child ends before itself would go on, and write down how that ended.
    for pid in sorted(work):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(pid, number)
    return work


def list_children() -> set[int]:
    """The children of this process that have not been collected; empty where the kernel does not say."""
    me = os.getpid()
    try:
        return set(map(int, Path(f"/proc/{me}/task/{me}/children").read_text(encoding="ascii").split()))
    except OSError:
        return set()


def find_adopted(known: set[int]) -> set[int]:
    """Children that came to this process since it knew those: daemons that left their parents and their mark."""
    entry = f"{MARK}=".encode()
    return {
        pid for pid in list_children() - known if not any(word.startswith(entry) for word in _read_environment(pid))
    }


def is_alive(pid: int) -> bool:
    """Whether there is a process of this id."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def describe_identity(pid: int, launcher: str = "null") -> str:
    """A process id with the time it started, as JSON, in the way that psutil reckons that time; and who started it."""
    started = time.time()
    process = _read_process(pid)
    if process is not None:
        started = _read_boot_time() + process.ticks / _TICKS
    return f'{{"pid": {pid}, "started": {started!r}, "launcher": {launcher}}}'


@cache
def _read_boot_time() -> float:
    for line in Path("/proc/stat").read_text(encoding="ascii").splitlines():
        if line.startswith("btime "):
            return float(line.split()[1])
    return 0.0
