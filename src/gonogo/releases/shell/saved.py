"""What the commands of one run left behind, on this machine or on another host: kept here, in the run's folder."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping
from fnmatch import fnmatchcase
from pathlib import Path
from urllib.parse import quote

import msgspec

from gonogo.releases.shell.facts import bound_variables, read_exported, read_variables, write_variables
from gonogo.releases.shell.files import AttemptFiles, is_complete
from gonogo.releases.shell.private import write_private
from gonogo.releases.shell.script import render_exports

COMPLETE = "# complete\n"
_ENTERING = re.compile(r"^builtin cd -- (.+) 2>/dev/null \|\| _gonogo_lost$")
_LOCAL_ONLY = (
    *("PATH", "HOME", "USER", "LOGNAME", "SHELL", "PWD", "OLDPWD", "TMPDIR", "SHLVL", "TERM", "LANG", "LC_*", "_"),
    *("SSH_*", "XDG_*", "LD_*", "CURL_HOME", "GONOGO_HOME", "GONOGO_ITEM", "VIRTUAL_ENV", "HOSTNAME", "KUBECONFIG"),
    *("DOCKER_*", "JAVA_HOME", "NVM_*", "PYENV_*"),
)


class SavedState:
    """The saved state of one host; ``None`` is this machine."""

    def __init__(self, folder: Path, host: str | None = None) -> None:
        self._folder = folder
        self._name = "session" if host is None else f"session@{quote(host, safe='')}"

    def path(self, what: str) -> Path:
        """Its file of this kind: state, added, variables, fence, starts or sent."""
        return self._folder / f"{self._name}.{what}"

    def exists(self) -> bool:
        """Whether there is one."""
        return self.path("state").exists()

    def begin(self, variables: Mapping[str, str], workdir: Path | None) -> None:
        """Write the first state."""
        text = render_exports(variables)
        if workdir is not None:
            text += _render_entering(workdir)
        kept = bound_variables(variables)
        write_private(self.path("variables"), write_variables(kept, kept))
        write_private(self.path("state"), text + COMPLETE)

    def add(self, variables: Mapping[str, str]) -> None:
        """Add exported variables for the commands to come."""
        added = self._read("added")
        write_private(self.path("added"), added + render_exports(variables))
        exported = [*read_exported(self.path("variables")), *variables]
        write_private(self.path("variables"), write_variables({**self.read_variables(), **variables}, exported))

    def enter(self, folder: Path) -> None:
        """Let the commands to come start in this folder."""
        write_private(self.path("added"), self._read("added") + _render_entering(folder))

    def read_text(self) -> str:
        """All of it as one script."""
        return self._read("state") + self._read("added")

    def read_variables(self) -> dict[str, str]:
        """Every variable as the last finished command left it, exported or not."""
        return read_variables(self.path("variables"))

    def begins_fence(self, fence: str | None) -> bool:
        """Whether a command of this fence is the first of it here; notes that it has begun."""
        if fence is None or self._read("fence") == fence:
            return False
        write_private(self.path("fence"), fence)
        self._note_folder(fence)
        return True

    def find_folder(self) -> Path | None:
        """The folder that the last command left the session in."""
        added = [line for line in self._read("added").split("\n") if _ENTERING.match(line)]
        # A shell writes its folder first; before the first command it is a variable.
        for line in (*added[-1:], self._read("state").partition("\n")[0]):
            if found := _ENTERING.match(line):
                words = shlex.split(found[1]) if not found[1].startswith("$") else []
                return Path(words[0]) if len(words) == 1 else None
        folder = self.read_variables().get("PWD")
        return Path(folder) if folder else None

    def find_start(self, fence: str) -> Path | None:
        """The folder in which a fence began."""
        folder = self._read_starts().get(fence)
        return Path(folder) if folder else None

    def _note_folder(self, fence: str) -> None:
        starts, folder = self._read_starts(), self.find_folder()
        if folder is not None and fence not in starts:
            write_private(self.path("starts"), msgspec.json.encode({**starts, fence: str(folder)}).decode())

    def _read_starts(self) -> dict[str, str]:
        path = self.path("starts")
        return msgspec.json.decode(path.read_bytes(), type=dict[str, str]) if path.exists() else {}

    def take(self, files: AttemptFiles) -> None:
        """Put in place what a command left, if it came to its end."""
        # A shell that was ended by a signal may have saved in mid-command: only a whole command's state counts.
        if files.read_exit() is not None and is_complete(files.path("state")):
            for name in ("variables", "state"):
                files.path(name).replace(self.path(name))
            self.path("added").unlink(missing_ok=True)
        for name in ("variables", "state", "script"):
            files.path(name).unlink(missing_ok=True)

    def pick_for_far(self, base: Mapping[str, str], seen: SavedState) -> dict[str, str]:
        """The exported variables that the run itself has made and another host has not been given yet."""
        exported = {
            name: value
            for name, value in read_exported(self.path("variables")).items()
            if base.get(name) != value and not any(fnmatchcase(name, pattern) for pattern in _LOCAL_ONLY)
        }
        path = seen.path("sent")
        sent = msgspec.json.decode(path.read_bytes(), type=dict[str, str]) if path.exists() else {}
        fresh = {name: value for name, value in exported.items() if sent.get(name) != value}
        if fresh:
            write_private(path, msgspec.json.encode({**sent, **fresh}).decode())
        return fresh

    def _read(self, what: str) -> str:
        try:
            return self.path(what).read_text(encoding="utf-8", errors="surrogateescape")
        except FileNotFoundError:
            return ""


def _render_entering(folder: Path) -> str:
    return f"builtin cd -- {shlex.quote(str(folder.resolve()))} 2>/dev/null || _gonogo_lost\n"
