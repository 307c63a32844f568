"""The machine: its clock, disk, open files and watches."""

from __future__ import annotations

import ctypes
import resource
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil

from gonogo.kernel.doctor.findings import Finding, ok

LEAST_DISK = 1 << 30
MOST_DISK_PERCENT = 90.0
LEAST_FILES = 4096
LEAST_WATCHES = 8192
_WATCHES = Path("/proc/sys/fs/inotify/max_user_watches")
_TIME_ERROR = 5


def examine_machine(folder: Path) -> Iterator[Finding]:
    """What of this machine is worth knowing."""
    yield _examine_clock()
    yield _examine_disk(folder)
    yield _examine_files()
    if _WATCHES.exists():
        yield _examine_watches()


def _examine_clock() -> Finding:
    state = _ask_kernel_for_time()
    if state is None:
        return Finding("clock", "note", "Nobody here says whether the clock is synchronised.")
    if state == _TIME_ERROR:
        return Finding(
            "clock",
            "warning",
            "The kernel says that the clock is not synchronised: gates, signatures and second factors depend on it.",
            "Start chrony or systemd-timesyncd.",
        )
    return ok("clock", "It is synchronised.")


def _ask_kernel_for_time() -> int | None:
    if sys.platform != "linux":
        return None
    # struct timex is 208 bytes on 64-bit Linux; all zero asks and changes nothing.
    answer: int = ctypes.CDLL(None, use_errno=True).adjtimex(ctypes.create_string_buffer(512))
    return answer if answer >= 0 else None


def _examine_disk(folder: Path) -> Finding:
    there = next(path for path in (folder, *folder.parents) if path.exists())
    usage = psutil.disk_usage(str(there))
    told = f"{usage.free / (1 << 30):.1f} GB free at {there} ({usage.percent:.0f} % in use)."
    if usage.free < LEAST_DISK:
        return Finding("disk", "fault", told, "Make room: below 1 GB writes may fail.")
    if usage.percent > MOST_DISK_PERCENT:
        return Finding("disk", "warning", told, "Make room, or shorten what is kept.")
    return ok("disk", told)


def _examine_files() -> Finding:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < LEAST_FILES:
        return Finding(
            "open files",
            "warning",
            f"A process may open {soft} files (at most {hard}): each connection is one.",
            f"`ulimit -n {LEAST_FILES}`, or LimitNOFILE= of the unit.",
        )
    return ok("open files", f"A process may open {soft}.")


def _examine_watches() -> Finding:
    limit = int(_WATCHES.read_text(encoding="ascii"))
    if limit < LEAST_WATCHES:
        return Finding(
            "inotify",
            "warning",
            f"{limit} watches for each user.",
            f"sysctl fs.inotify.max_user_watches={LEAST_WATCHES}",
        )
    return ok("inotify", f"{limit} watches for each user.")
