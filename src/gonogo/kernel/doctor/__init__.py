"""``gonogo doctor``: what is worth knowing about an installation, read without changing anything."""

from __future__ import annotations

from gonogo.kernel.config import Config
from gonogo.kernel.doctor.data import examine_data
from gonogo.kernel.doctor.findings import Finding, Level
from gonogo.kernel.doctor.machine import examine_machine
from gonogo.kernel.doctor.settings import examine_settings

__all__ = ["Finding", "Level", "examine"]


def examine(config: Config) -> list[Finding]:
    """Everything, in the order in which it is shown."""
    return [*examine_settings(config), *examine_data(config), *examine_machine(config.folder)]
