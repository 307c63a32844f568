"""An agent's process: ``gonogo worker`` in a session of its own, its output in a file of the data folder."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import psutil

from gonogo.jobs.agent_schemas import Agent, Identity
from gonogo.jobs.agents.post import VARIABLE, is_running
from gonogo.kernel.secrets.own import list_secret_variables

LOG_LIMIT = 4 << 20
"""Bytes after which a log is put aside as ``log.1`` at the next start."""
DRAIN_S = 10
_POLL_S = 0.1
_NOT_PASSED_ON = ("GONOGO_URL", "GONOGO_API_KEY", *list_secret_variables())
_BEGIN = "import sys; from gonogo.cli.main import main; sys.exit(main())"


class AgentFolder:
    """Where an agent's files are: its log and its post."""

    def __init__(self, home: Path, id: str) -> None:
        self.home = home
        self.path = home / "agents" / id

    @property
    def log(self) -> Path:
        return self.path / "log"

    @property
    def post(self) -> Path:
        return self.path / "post.json"


def start_process(agent: Agent, folder: AgentFolder, more: Mapping[str, str]) -> subprocess.Popen[bytes]:
    """Start it; it goes on when this process ends. ``more`` is its template's environment."""
    folder.path.mkdir(mode=0o700, parents=True, exist_ok=True)
    if folder.log.exists() and folder.log.stat().st_size > LOG_LIMIT:
        folder.log.replace(folder.log.with_name("log.1"))
    with folder.log.open("ab") as log:
        return subprocess.Popen(
            write_command(agent),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env=write_environment(agent, folder, os.environ, more),
            start_new_session=True,
        )


def write_command(agent: Agent) -> list[str]:
    """The command line."""
    words = [sys.executable, "-c", _BEGIN, "worker", "--name", agent.name, "--concurrency", str(agent.concurrency)]
    words += ["--connectors", ",".join(agent.connectors), "--drain", str(DRAIN_S)]
    return [*words, "--modules", agent.modules] if agent.modules else words


def write_environment(
    agent: Agent, folder: AgentFolder, inherited: Mapping[str, str], more: Mapping[str, str]
) -> dict[str, str]:
    """This process's environment with the template's, and what the agent is; it finds the server by its folder."""
    own = {
        "GONOGO_HOME": str(folder.home),
        "GONOGO_LOG_DAYS": "0",
        "GONOGO_AGENT_ID": agent.id,
        "GONOGO_AGENT_NAME": agent.name,
        "GONOGO_AGENT_ROLE": agent.role,
        "GONOGO_AGENT_PROMPT": agent.prompt,
        "GONOGO_AGENT_CAPABILITIES": " ".join(agent.capabilities),
        VARIABLE: str(folder.post),
        "PYTHONUNBUFFERED": "1",
    }
    return {name: value for name, value in inherited.items() if name not in _NOT_PASSED_ON} | dict(more) | own


def identify(process: subprocess.Popen[bytes]) -> Identity:
    """Who a child of this process is."""
    try:
        return Identity(process.pid, psutil.Process(process.pid).create_time())
    except psutil.NoSuchProcess:
        return Identity(process.pid, 0.0)


async def wait_end(identity: Identity) -> None:
    """Wait until that process has ended, whoever's child it is."""
    if not hasattr(os, "pidfd_open"):
        while is_running(identity):  # noqa: ASYNC110 — nothing but asking works where there is no pidfd
            await asyncio.sleep(_POLL_S)
        return
    try:
        watched = os.pidfd_open(identity.pid)
    except ProcessLookupError:
        return
    ended, loop = asyncio.Event(), asyncio.get_running_loop()
    loop.add_reader(watched, ended.set)
    try:
        if is_running(identity):
            await ended.wait()
    finally:
        loop.remove_reader(watched)
        os.close(watched)


def send_signal(identity: Identity, number: signal.Signals) -> None:
    """Send a signal to the process if it is still the same one; ``SIGKILL`` goes to its whole session's group."""
    if not is_running(identity):
        return
    with contextlib.suppress(ProcessLookupError):
        if number == signal.SIGKILL:
            os.killpg(identity.pid, number)
        else:
            os.kill(identity.pid, number)
