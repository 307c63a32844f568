"""Programs of the system that tests talk to: there already, or installed by apt where we may."""

from __future__ import annotations

import os
import shutil
import subprocess

import pytest


def ensure_program(name: str, package: str | None = None) -> str:
    """The path of a program, installed from Debian's package when it is missing and we are root."""
    found = shutil.which(name)
    if found is None and os.geteuid() == 0 and shutil.which("apt-get"):
        subprocess.run(["apt-get", "update", "-q"], check=True)
        subprocess.run(["apt-get", "install", "-qy", "--no-install-recommends", package or name], check=True)
        found = shutil.which(name)
    if found is None:
        pytest.fail(f"There is no {name} on this machine. Install Debian's package {package or name}.")
    return found
