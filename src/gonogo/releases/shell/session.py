"""The shell session of one run.

Every command gets a fresh bash that restores what the last one saved. The shell only ever writes files of its
own attempt; the session puts a saved state in place by renaming it once the command has ended, so neither
``exit`` nor ``kill -9`` nor a timeout can damage what earlier commands left.
"""

from __future__ import annotations

import asyncio
import contextlib
import shlex
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import msgspec

from gonogo.releases.shell.files import AttemptFiles, is_complete, read_variables, write_variables
from gonogo.releases.shell.hosts import Hosts
from gonogo.releases.shell.masking import Masker, find_secrets
from gonogo.releases.shell.process import Ending, read_identity, spawn, wait_for
from gonogo.releases.shell.script import build_local, build_remote, render_exports
from gonogo.releases.shell.spool import Spool, write_new, write_private

_TICK_S = 0.1
_FOLDER_MODE = 0o700

OnOutput = Callable[[int, int], None]


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One attempt at one command. Times in seconds."""

    item: str
    attempt: int
    command: str
    host: str | None = None
    curl_home: Path | None = None
    timeout_s: float = 3600.0
    grace_s: float = 5.0


class Ended(msgspec.Struct, frozen=True, kw_only=True):
    """How a command ended. ``exit_code`` is negative for a signal; output sizes are of the masked files."""

    exit_code: int
    duration_s: float
    ending: Ending
    stdout: int
    stderr: int


class Session:
    """Runs the commands of one run, one at a time, in the run's own folder."""

    def __init__(self, folder: Path, hosts: Hosts, *, run: str) -> None:
        self._folder, self._hosts, self._run = folder, hosts, run
        self._given = folder / "session.given"
        self._state = folder / "session.state"
        self._variables = folder / "session.variables"

    def open(self, environment: Mapping[str, str], workdir: Path, given: Mapping[str, str] | None = None) -> None:
        """Write the first state, unless the run has one already. ``given`` goes to every host, the rest stays here."""
        nowhere = self._folder / "nowhere"
        nowhere.mkdir(mode=_FOLDER_MODE, parents=True, exist_ok=True)
        self._folder.chmod(_FOLDER_MODE)
        if self._state.exists():
            return
        start = {**_keep_names(environment), **(given or {})}
        write_private(self._given, write_variables(given or {}))
        write_private(self._variables, write_variables(start))
        write_private(self._state, render_exports(start) + render_workdir(workdir) + "# complete\n")

    def export(self, variables: Mapping[str, str]) -> None:
        """Add exported variables for the commands to come."""
        text = self._state.read_text(encoding="utf-8", errors="surrogateescape")
        write_private(self._state, text + render_exports(dict(variables)) + "# complete\n")
        write_private(self._variables, write_variables({**self.variables(), **variables}))

    def variables(self) -> dict[str, str]:
        """Every variable as the last finished command left it, exported or not."""
        return read_variables(self._variables)

    def masker(self) -> Masker:
        """Masks every secret known so far."""
        return Masker(find_secrets(self.variables()))

    def files(self, item: str, attempt: int) -> AttemptFiles:
        """Where an attempt's files are."""
        return AttemptFiles(self._folder, item, attempt)

    async def run(self, step: Step, on_output: OnOutput | None = None, stop: asyncio.Event | None = None) -> Ended:
        """Run one command to its end, its timeout or ``stop``; keep its masked output and its state.

        When this task is cancelled instead, the command goes on: it belongs to the run, not to this process.
        """
        files = self.files(step.item, step.attempt)
        masker = self.masker()
        spools = [Spool(files.path(f"raw-{name}"), files.path(name), masker) for name in ("out", "err")]
        self._write_script(step, files)
        began = time.monotonic()
        outputs = (spools[0].open(), spools[1].open())
        process = spawn(
            self._hosts.build_argv(step.host), files.path("script"), outputs, self._hosts.build_environment(step.host)
        )
        self._note_process(files, process.pid)
        reading = asyncio.create_task(_follow(spools, on_output))
        try:
            ending = await wait_for(process, step.timeout_s, step.grace_s, stop or asyncio.Event())
        finally:
            await _cancel(reading)
        duration = time.monotonic() - began
        self._keep(files, spools, masker)
        return Ended(
            exit_code=process.returncode,
            duration_s=duration,
            ending=ending,
            stdout=spools[0].size,
            stderr=spools[1].size,
        )

    def recover(self, item: str, attempt: int) -> None:
        """Keep the output and the state of a command whose end nobody was there to see."""
        files = self.files(item, attempt)
        masker = self.masker()
        spools = [
            Spool(files.path(f"raw-{name}"), files.path(name), masker)
            for name in ("out", "err")
            if files.path(f"raw-{name}").exists()
        ]
        for spool in spools:
            spool.restart()
        self._keep(files, spools, masker)

    def _write_script(self, step: Step, files: AttemptFiles) -> None:
        if step.host is None:
            script = build_local(
                step.command,
                saved=str(self._state.resolve()),
                state=str(files.path("state").resolve()),
                variables=str(files.path("variables").resolve()),
                exit_file=str(files.path("exit").resolve()),
                nowhere=str((self._folder / "nowhere").resolve()),
                curl_home=str(step.curl_home.resolve()) if step.curl_home else None,
            )
            for name in ("state", "variables", "exit"):
                write_new(files.path(name))
        else:
            script = build_remote(
                step.command,
                run=self._run,
                attempt=f"{step.item}.{step.attempt}",
                variables=read_variables(self._given),
            )
        write_new(files.path("script"), script)

    def _note_process(self, files: AttemptFiles, pid: int) -> None:
        identity = read_identity(pid)
        if identity is not None:
            write_private(files.path("process"), msgspec.json.encode(identity).decode())

    def _keep(self, files: AttemptFiles, spools: list[Spool], masker: Masker) -> None:
        # A shell that was ended by a signal may have saved in mid-command: only a whole command's state counts.
        if files.read_exit() is not None and is_complete(files.path("state")):
            files.path("variables").replace(self._variables)
            files.path("state").replace(self._state)
        learnt = find_secrets(self.variables())
        for spool in spools:
            spool.finish(masker if masker.knows(learnt) else Masker(learnt))
        for name in ("state", "variables", "script"):
            files.path(name).unlink(missing_ok=True)


def render_workdir(workdir: Path) -> str:
    """The line that takes a shell into its first working directory."""
    return f"builtin cd -- {shlex.quote(str(workdir.resolve()))} 2>/dev/null || _gonogo_lost\n"


async def _follow(spools: list[Spool], on_output: OnOutput | None) -> None:
    while True:
        await asyncio.sleep(_TICK_S)
        grown = [spool.advance() for spool in spools]
        if any(grown) and on_output is not None:
            on_output(spools[0].size, spools[1].size)


async def _cancel(task: asyncio.Task[None]) -> None:
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task


def _keep_names(environment: Mapping[str, str]) -> dict[str, str]:
    # GONOGO_* holds this server's own secrets; shells leave functions under names that are no identifiers.
    return {
        name: value for name, value in environment.items() if name.isidentifier() and not name.startswith("GONOGO_")
    }
