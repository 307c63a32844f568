"""``gonogo doctor``: is this installation as it should be?"""

from __future__ import annotations

from gonogo.cli.exits import GO, NO_GO, CannotRun
from gonogo.cli.options import AsJson
from gonogo.cli.output import say, show_json

_MARKS = {"ok": "ok", "note": "note", "warning": "WARNING", "fault": "FAULT"}


def doctor(*, json: AsJson = False) -> int:
    """Examine settings, data folder and machine. Exit code 0 when nothing is at fault, otherwise 1; changes nothing.

    Example: gonogo doctor --json
    """
    from gonogo.kernel.config import ConfigError, load_config
    from gonogo.kernel.doctor import examine

    try:
        config = load_config()
    except ConfigError as error:
        raise CannotRun(str(error)) from error
    found = examine(config)
    faults = [finding for finding in found if finding.level == "fault"]
    if json:
        show_json({"healthy": not faults, "environment": config.environment, "findings": found})
    else:
        for finding in found:
            say(f"{_MARKS[finding.level]:<8} {finding.what}: {' '.join((finding.text, finding.way_out)).rstrip()}")
        say("Nothing is at fault." if not faults else f"{len(faults)} at fault.")
    return NO_GO if faults else GO
