"""``gonogo up`` and ``gonogo serve``: the processes that stay."""

from __future__ import annotations

import asyncio
import signal
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from gonogo.cli.exits import GO, CannotRun
from gonogo.cli.output import say, warn
from gonogo.kernel.config import Config, ConfigError, load_config
from gonogo.kernel.http.server import Address, FolderInUse, PortTaken

CATALOGS = "visualizer/*.toml"
"""Catalogs of the examples that the demo declares, in the order of their names."""
Host = Annotated[str | None, Parameter(help="Address to listen on (127.0.0.1).")]
Port = Annotated[int | None, Parameter(help="Port to listen on (8700); 0 takes a free one.")]
Demo = Annotated[Path | None, Parameter(help="A checklist to have ready to start.")]


def up(*, host: Host = None, port: Port = None, demo: Demo = None) -> int:
    """Start everything in one process, and stay until Ctrl-C.

    Example: gonogo up --port 8800
    """
    config = read_config(host=host, port=port)
    if demo is not None and not demo.is_file():
        raise CannotRun(f"There is no file {demo}. Name a checklist, such as --demo examples/hello/RELEASE.md.")
    return run_server(config, None if demo is None else demo.absolute())


def serve(*, host: Host = None, port: Port = None) -> int:
    """Start the server alone: API and pages.

    Example: gonogo serve --host 0.0.0.0
    """
    return run_server(read_config(host=host, port=port), None)


def read_config(host: str | None, port: int | None) -> Config:
    """The configuration with these flags over it. Raises ``CannotRun``."""
    try:
        return load_config(host=host, port=port)
    except ConfigError as error:
        raise CannotRun(str(error)) from error


def run_server(config: Config, demo: Path | None) -> int:
    """Serve until a signal says stop."""
    import uvloop

    from gonogo.kernel.db.migrate import SchemaTooNew
    from gonogo.kernel.doctor.settings import examine_settings
    from gonogo.kernel.production import is_production
    from gonogo.kernel.secrets.own import hide_own_secrets
    from gonogo.kernel.telemetry.logs import configure_logs

    hide_own_secrets()
    if is_production(config.environment):
        for finding in examine_settings(config):
            if finding.level == "warning":
                warn(f"gonogo: {finding.what}: {finding.text} {finding.way_out}")
    try:
        configure_logs(config)
        uvloop.run(serve_until_stopped(config, demo))
    except (ConfigError, FolderInUse, PortTaken, SchemaTooNew) as error:
        raise CannotRun(str(error)) from error
    except OSError as error:
        raise CannotRun(f"The data folder {config.folder} can't be used: {error}.") from error
    say("Stopped.")
    return GO


async def serve_until_stopped(config: Config, demo: Path | None) -> None:
    """Open everything, say where it is, and wait for SIGINT or SIGTERM."""
    from gonogo.app import create_app
    from gonogo.kernel.http.server import serve_app

    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopped.set)
    app = create_app(config)
    async with serve_app(app) as address:
        announce(config, address, app.state.kernel.generated_password)
        if demo is not None:
            await add_demo(config, address, demo)
        await stopped.wait()


def announce(config: Config, address: Address, password: str | None) -> None:
    """Where it is, and how to get in the first time."""
    say(f"Gonogo is at {address.public or address.url}  (data in {config.folder}; Ctrl-C stops it)")
    if password is not None:
        say(f"Sign in as {config.admin_email} with the password {password}")
        say(f"It is shown this once, and kept in {config.folder / 'admin-password'}.")


async def add_demo(config: Config, address: Address, demo: Path) -> None:
    """Make the demo's checklist known, so that a run is one click away, and declare the catalogs beside it."""
    from gonogo.client.gonogo import AsyncGonogo

    key = (config.folder / "local.key").read_text(encoding="utf-8").strip()
    async with AsyncGonogo(address.url, key) as gonogo:
        await gonogo.releases.add_checklist(path=str(demo))
        for catalog in sorted(demo.parent.parent.glob(CATALOGS)):
            await gonogo.settings.declare(catalog.read_text(encoding="utf-8"), source=catalog.stem)
    say(f"{demo} is ready to start: {address.url}/releases")
