"""Programs of the system that tests talk to: there already, or installed by apt where we may."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest


def ensure_program(name: str, package: str | None = None) -> str:
    """The path of a program, installed from Debian's package when it is missing and we are root."""
    if shutil.which(name) is None and os.geteuid() == 0 and shutil.which("apt-get"):
        _install(name, package or name)
    found = shutil.which(name)
    if found is None:
        pytest.fail(f"There is no {name} on this machine. Install Debian's package {package or name}.")
    return found


def _install(name: str, package: str) -> None:
    # Two workers of one test run may want to install at the same time; apt itself would refuse the second.
    with (Path(tempfile.gettempdir()) / "gonogo-tests-apt.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if shutil.which(name) is None:
            subprocess.run(["apt-get", "update", "-q"], check=True)
            subprocess.run(["apt-get", "install", "-qy", "--no-install-recommends", package], check=True)
