"""``gonogo worker``: do jobs, here or on any machine that reaches the server."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from urllib.parse import urlsplit

import msgspec
from cyclopts import Parameter

from gonogo.cli.exits import GO, CannotRun
from gonogo.cli.output import say
from gonogo.cli.serving import read_config
from gonogo.client.discovery import find_target

if TYPE_CHECKING:
    from gonogo.jobs.connectors.connector import Connector
    from gonogo.jobs.queue import WorkerProtocol
    from gonogo.jobs.queues.remote import Address
    from gonogo.kernel.config import Config

Concurrency = Annotated[int, Parameter(help="Jobs at once.")]
Connectors = Annotated[str, Parameter(help="What it can do, separated by commas; `shell`, `http`, `python`, …")]
Modules = Annotated[str, Parameter(help="Python modules with @job functions, separated by commas.")]
Name = Annotated[str, Parameter(help="Name in the list of workers; the machine's name when absent.")]
Drain = Annotated[float, Parameter(help="Seconds that running jobs get to end when the worker is stopped.")]
Queue = Annotated[
    str | None, Parameter(help="postgresql:// or redis:// address of the queue itself; without it, by the server.")
]


def worker(
    *,
    concurrency: Concurrency = 10,
    connectors: Connectors = "shell,http,python",
    modules: Modules = "",
    name: Name = "",
    drain: Drain = 30.0,
    queue: Queue = None,
) -> int:
    """Do jobs, and stay until Ctrl-C. A server that goes away is waited for.

    Example: gonogo worker --concurrency 4 --connectors shell,http
    """
    import uvloop

    from gonogo.jobs.agents.badge import read_badge
    from gonogo.jobs.agents.post import PostTaken, hold_post
    from gonogo.jobs.assets.sending import keep_there
    from gonogo.jobs.queues.remote import WorkerRefused
    from gonogo.jobs.working.process import work_until_stopped
    from gonogo.jobs.working.worker import describe_worker
    from gonogo.kernel.secrets.own import hide_own_secrets
    from gonogo.kernel.telemetry.logs import configure_logs

    config = read_log_config()
    configure_logs(config)
    hide_own_secrets()
    if concurrency < 1:
        raise CannotRun("--concurrency is at least 1.")
    if drain < 0:
        raise CannotRun("--drain is 0 seconds or more.")
    check_address(queue)
    opened = open_all(connectors, modules, config.jobs_run_as, config.jobs_allow)
    keep = keep_there(find_server)
    described = describe_worker(name or os.uname().nodename, concurrency)
    say(f"Working, {concurrency} jobs at once: {', '.join(connector.name for connector in opened)}. Ctrl-C stops it.")
    try:
        with hold_post(os.environ):
            uvloop.run(
                work_until_stopped(
                    lambda: open_protocol(queue), described, [*opened, *read_badge(os.environ)], drain, keep
                )
            )
    except (WorkerRefused, PostTaken) as error:
        raise CannotRun(str(error)) from error
    say("Stopped.")
    return GO


def read_log_config() -> Config:
    """The configuration; without a data folder no log files are kept: a worker makes none."""
    from gonogo.kernel.data_folder import is_data_folder

    config = read_config(host=None, port=None)
    return config if is_data_folder(config.folder) else msgspec.structs.replace(config, log_days=0)


def open_all(connectors: str, modules: str, run_as: str = "", allow: str = "") -> list[Connector]:
    """The connectors that were named. Raises ``CannotRun`` for one that is not there, or a module that fails."""
    from gonogo.jobs.connectors import open_connectors
    from gonogo.jobs.connectors.connector import ConnectorNotFound
    from gonogo.kernel.config import ConfigError

    sys.path.insert(0, str(Path.cwd()))  # modules beside where it is started, as `python -m` has them
    names = [name.strip() for name in connectors.split(",") if name.strip()]
    try:
        return open_connectors(names, {"modules": modules, "run_as": run_as, "allow": allow})
    except ConnectorNotFound as error:
        raise CannotRun(f"--connectors: {error}") from error
    except ConfigError as error:
        raise CannotRun(str(error)) from error
    except ImportError as error:
        raise CannotRun(f"--modules: {error}. A module is found beside where the worker is started.") from error


def check_address(queue: str | None) -> None:
    """Raises ``CannotRun`` where no backend understands the address."""
    from gonogo.jobs.queues import OPENERS

    if queue is not None and urlsplit(queue).scheme not in OPENERS:
        raise CannotRun(f"--queue '{queue}' is no queue. Queues live at postgresql:// or redis:// addresses.")


def open_protocol(queue: str | None) -> WorkerProtocol:
    """The queue itself, or the server's half of its protocol. Raises ``CannotRun``."""
    from gonogo.jobs.queues import open_elsewhere
    from gonogo.jobs.queues.remote import RemoteQueue
    from gonogo.jobs.sealed import PURPOSE, SealedQueue
    from gonogo.kernel.clock import SystemClock
    from gonogo.kernel.config import ConfigError
    from gonogo.kernel.environment import read_environment
    from gonogo.kernel.vault import Vault

    address = queue or read_environment().get("GONOGO_JOBS_URL")
    if not address:
        return RemoteQueue(find_server)
    try:
        opened = open_elsewhere(address, SystemClock())
    except ConfigError as error:
        raise CannotRun(str(error)) from error
    key = read_environment().get("GONOGO_SETTINGS_KEY")
    return SealedQueue(opened, Vault(key, PURPOSE)) if key else opened


def find_server() -> Address | None:
    """Where the server is now; None while none runs."""
    from gonogo.jobs.queues.remote import Address

    target = find_target()
    if target is None:
        return None
    key = target.key or (target.login.access_token if target.login is not None else None)
    if key is None:
        raise CannotRun(
            "Give a key: set GONOGO_API_KEY. `gonogo keys create NAME --scope queue:work` at the server creates one."
        )
    return Address(target.url, key)
