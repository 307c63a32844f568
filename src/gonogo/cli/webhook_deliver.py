"""``gonogo webhooks deliver``: the deliverer as a process of its own."""

from __future__ import annotations

import asyncio
import signal

from gonogo.cli.exits import GO, CannotRun
from gonogo.cli.output import say
from gonogo.kernel.config import Config, ConfigError, load_config


def deliver() -> int:
    """Deliver webhooks from this process, and stay until Ctrl-C.

    It works on the same data folder as the server, which runs with GONOGO_DELIVER_WEBHOOKS=false.

    Example: gonogo webhooks deliver
    """
    import uvloop

    from gonogo.kernel.data_folder import is_data_folder
    from gonogo.kernel.secrets.own import hide_own_secrets
    from gonogo.kernel.telemetry.logs import configure_logs
    from gonogo.webhooks.delivering.process import DelivererRuns

    try:
        config = load_config()
        hide_own_secrets()
        if not is_data_folder(config.folder):
            raise CannotRun(f"There is no data folder {config.folder}: start the server first, or set GONOGO_HOME.")
        configure_logs(config)
        uvloop.run(deliver_until_stopped(config))
    except (ConfigError, DelivererRuns) as error:
        raise CannotRun(str(error)) from error
    say("Stopped.")
    return GO


async def deliver_until_stopped(config: Config) -> None:
    """Open the data folder, deliver, and wait for SIGINT or SIGTERM."""
    from gonogo.webhooks.delivering.process import open_deliverer

    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    async with open_deliverer(config):
        say(f"Delivering webhooks of {config.folder} (Ctrl-C stops it)")
        await stopped.wait()
