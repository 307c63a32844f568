"""The shell session of one run.

Every command gets a fresh bash that restores what the last one saved. The shell only ever writes files of its
own attempt; the session puts a saved state in place by renaming it once the command has ended, so neither
``exit`` nor ``kill -9`` nor a timeout can damage what earlier commands left.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Mapping
from pathlib import Path

import msgspec

from gonogo.kernel.secrets.masking import Masker, find_secrets
from gonogo.releases.shell.facts import read_variables, write_variables
from gonogo.releases.shell.files import AttemptFiles
from gonogo.releases.shell.hosts import Hosts
from gonogo.releases.shell.launching import LauncherLine, LauncherLost, OnOutput
from gonogo.releases.shell.orders import Ending, Order
from gonogo.releases.shell.orphan import end_orphan
from gonogo.releases.shell.private import write_new, write_private
from gonogo.releases.shell.saved import SavedState
from gonogo.releases.shell.script import FILES, Setting, build_local, build_remote

_FOLDER_MODE = 0o700


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One attempt at one command. Times in seconds.

    ``fence`` is where it stands in the document: options and traps last to the end of it, and ``ends_fence`` says
    that this is its last command.
    """

    item: str
    attempt: int
    command: str
    host: str | None = None
    curl_home: Path | None = None
    timeout_s: float = 3600.0
    grace_s: float = 5.0
    fence: str | None = None
    ends_fence: bool = False


class Ended(msgspec.Struct, frozen=True, kw_only=True):
    """How a command ended. ``exit_code`` is negative for a signal; output sizes are of the masked files.

    ``left_fence`` when it left its shell by ``exit`` or ``exec``: what follows in its fence would not be reached.
    ``pipe_codes`` are the exit codes of the parts of its last pipeline, ``jobs`` those of background processes that
    have ended already. ``failure`` is what kept a part of its output from being kept.
    """

    exit_code: int
    duration_s: float
    ending: Ending
    stdout: int
    stderr: int
    left_fence: bool = False
    pipe_codes: tuple[int, ...] = ()
    jobs: dict[str, int] = {}
    failure: str = ""


class Session:
    """Runs the commands of one run, one at a time, in the run's own folder."""

    def __init__(self, folder: Path, hosts: Hosts, *, run: str) -> None:
        self._folder, self._hosts, self._run = folder.absolute(), hosts, run
        folder = self._folder
        self._given, self._base = folder / "session.given", folder / "session.base"
        self._state = SavedState(folder)
        self._launcher = LauncherLine()
        self._masker: tuple[object, Masker] | None = None

    def open(self, environment: Mapping[str, str], workdir: Path, given: Mapping[str, str] | None = None) -> None:
        """Write the first state, unless the run has one already. ``given`` goes to every host, the rest stays here."""
        for name in ("nowhere", "ended"):
            (self._folder / name).mkdir(mode=_FOLDER_MODE, parents=True, exist_ok=True)
        self._folder.chmod(_FOLDER_MODE)
        if self._state.exists():
            return
        base = {**_keep_names(environment), **self._hosts.describe_user()}
        write_private(self._given, write_variables(given or {}))
        write_private(self._base, write_variables(base))
        self._state.begin({**base, **(given or {}), "PWD": str(workdir.resolve())}, workdir)

    def export(self, variables: Mapping[str, str]) -> None:
        """Add exported variables for the commands to come."""
        self._state.add(variables)

    def enter(self, folder: Path) -> None:
        """Let the commands to come start in this folder."""
        self._state.enter(folder)

    def find_folder(self) -> Path | None:
        """The folder that the commands to come start in."""
        return self._state.find_folder()

    def find_start(self, fence: str) -> Path | None:
        """The folder in which this fence began, if any of it has run here."""
        return self._state.find_start(fence)

    def variables(self) -> dict[str, str]:
        """Every variable as the last finished command left it here, exported or not; none that holds a file."""
        return self._state.read_variables()

    def masker(self) -> Masker:
        """Masks every secret known so far, those of other hosts included."""
        paths = self._list_variables()
        seen = [(path, path.stat().st_mtime_ns, path.stat().st_size) for path in paths]
        if self._masker is None or self._masker[0] != seen:
            known = frozenset[str]().union(*(find_secrets(read_variables(path)) for path in paths))
            self._masker = (seen, Masker(known))
        return self._masker[1]

    def files(self, item: str, attempt: int) -> AttemptFiles:
        """Where an attempt's files are."""
        return AttemptFiles(self._folder, item, attempt)

    async def run(self, step: Step, on_output: OnOutput | None = None, stop: asyncio.Event | None = None) -> Ended:
        """Run one command to its end, its timeout or ``stop``; keep its masked output and its state.

        When this task is cancelled instead, the command goes on: it belongs to the run, not to this process.
        Raises OSError when it can't be started.
        """
        files, state = self.files(step.item, step.attempt), self._find_state(step.host)
        order = self._prepare(step, files, state)
        try:
            report = await self._launcher.run(order, on_output, stop or asyncio.Event())
        except LauncherLost:
            await end_orphan(files, step.grace_s)
            raise
        facts = files.read_facts()
        state.take(files)
        return Ended(
            exit_code=report.code,
            duration_s=report.duration_s,
            ending=report.ending,
            stdout=report.sizes[0],
            stderr=report.sizes[1],
            left_fence=not facts.whole,
            pipe_codes=facts.pipes,
            jobs=report.jobs,
            failure=report.failure,
        )

    def recover(self, item: str, attempt: int, host: str | None = None) -> None:
        """Keep the state of a command whose end no server was there to see. Its output is kept already."""
        self._find_state(host).take(self.files(item, attempt))

    async def end(self) -> None:
        """The run is over: what runs in the background goes on, and nobody will ask for its exit code."""
        await self._launcher.end()

    def _find_state(self, host: str | None) -> SavedState:
        return self._state if host is None else SavedState(self._folder, host)

    def _list_variables(self) -> list[Path]:
        states = (self._state, *(SavedState(self._folder, name) for name in self._hosts.names))
        return [path for state in states if (path := state.path("variables")).exists()]

    def _prepare(self, step: Step, files: AttemptFiles, state: SavedState) -> Order:
        for name in (*FILES, "exit"):
            write_new(files.path(name))
        for name in ("process", "ending"):
            files.path(name).unlink(missing_ok=True)
        marker = "" if self._hosts.shares_files(step.host) else f"<gonogo:{secrets.token_hex(16)}>"
        setting = Setting(
            begins_fence=state.begins_fence(step.fence),
            ends_fence=step.ends_fence,
            curl_home=str(step.curl_home.resolve()) if step.curl_home and not marker else None,
        )
        write_new(files.path("script"), self._write_script(step, files, state, marker, setting))
        return Order(
            argv=self._hosts.build_argv(step.host),
            environment=self._hosts.build_environment(step.host),
            prefix=files.prefix,
            mark=files.mark,
            timeout_s=step.timeout_s,
            grace_s=step.grace_s,
            ended_folder=str(self._folder / "ended"),
            variables=tuple(map(str, self._list_variables())),
            is_far=step.host is not None,
            marker=marker,
        )

    def _write_script(self, step: Step, files: AttemptFiles, state: SavedState, marker: str, setting: Setting) -> str:
        if marker:
            text = self._read_far_state(step.host, state)
            return build_remote(
                step.command,
                state=text,
                marker=marker,
                mark=files.mark,
                grace_s=step.grace_s,
                setting=setting,
                # As another user on this machine, processes are ours to collect; elsewhere nobody sees them end.
                ended=self._read_ended() if step.host is None else None,
            )
        paths = {"saved": state.path("state"), "added": state.path("added")}
        paths |= {name: self._folder / name for name in ("nowhere", "ended")}
        paths |= {name: files.path(name) for name in FILES}
        return build_local(step.command, paths={name: str(path) for name, path in paths.items()}, setting=setting)

    def _read_ended(self) -> dict[int, int]:
        paths = (path for path in (self._folder / "ended").iterdir() if path.name.isdecimal())
        codes = {int(path.name): path.read_text(encoding="ascii").strip() for path in paths}
        return {pid: int(code) for pid, code in codes.items() if code.isdecimal()}

    def _read_far_state(self, host: str | None, state: SavedState) -> str:
        if host is None:
            return state.read_text()
        if not state.exists():
            state.begin(read_variables(self._given), None)
        fresh = self._state.pick_for_far(read_variables(self._base), state)
        if fresh:
            state.add(fresh)
        return state.read_text()


def _keep_names(environment: Mapping[str, str]) -> dict[str, str]:
    # GONOGO_* holds this server's own secrets; shells leave functions under names that are no identifiers.
    return {
        name: value for name, value in environment.items() if name.isidentifier() and not name.startswith("GONOGO_")
    }
