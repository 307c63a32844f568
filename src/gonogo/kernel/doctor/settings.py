"""The configuration, as production would judge it, and who runs what is started for people."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator

from gonogo.kernel.config import Config
from gonogo.kernel.doctor.findings import Finding, Level, ok
from gonogo.kernel.production import find_faults, is_production

_RUN_AS = ("releases_run_as", "jobs_run_as", "services_run_as")


def examine_settings(config: Config) -> Iterator[Finding]:
    """What of the configuration is weak."""
    yield from _examine_production(config)
    yield from _examine_users(config)
    yield _examine_queue(config)


def _examine_production(config: Config) -> Iterator[Finding]:
    serves = is_production(config.environment)
    level: Level = "fault" if serves else "note"
    faults = list(find_faults(config))
    told = "" if serves else f"Production would refuse it (here it is {config.environment}): "
    for name, why in faults:
        yield Finding(f"setting {name}", level, f"{told}{why}")
    if not faults:
        yield ok("settings", "Nothing that production refuses.")


def _examine_users(config: Config) -> Iterator[Finding]:
    can = os.geteuid() == 0 or shutil.which("sudo") is not None
    level: Level = "warning" if is_production(config.environment) else "note"
    for option in _RUN_AS:
        what = option.removesuffix("_run_as")
        if user := getattr(config, option, ""):
            yield (
                ok(f"{what} run as", user) if can else Finding(f"{what} run as", "fault", f"{user} needs root or sudo.")
            )
            continue
        yield Finding(
            f"{what} run as",
            level,
            f"Commands of {what} run as Gonogo's own user, so they can read its data folder: keys and database.",
            f"Set {option} to another user" + ("." if can else ", and start Gonogo as root or allow it sudo."),
        )


def _examine_queue(config: Config) -> Finding:
    if config.jobs_url and not config.settings_key:
        return Finding(
            "job payloads",
            "warning",
            "Secrets in payloads lie in the shared queue in clear.",
            "Set settings_key, the same for every server and every worker with --queue.",
        )
    return ok("job payloads", "Their secrets are encrypted in the queue.")
