"""The folder of a scene: a project under git, its databases, the stand-ins, and a run of its document in a sandbox."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.documents.scenes import SCENES, Scene

HERE = Path(__file__).parent
STAND_INS = (
    "ab alembic aws cargo crontab docker docker-compose htop k6 kubectl nano netlify nginx npm pm2 sudo systemctl"
    " terraform uvicorn vercel"
)
# Everything of the run sees only these processes, this loopback and these mounts, and ends with the sandbox.
SANDBOX = ("unshare", "--pid", "--net", "--mount", "--fork", "--kill-child", "--mount-proc")
_GIT = ("-c", "user.name=Ada", "-c", "user.email=ada@example.test", "-c", "init.defaultBranch=main")


def can_sandbox() -> bool:
    """Whether this machine lets us have namespaces of our own."""
    try:
        done = subprocess.run([*sandbox(), "true"], capture_output=True, check=False)
    except FileNotFoundError:
        return False
    return done.returncode == 0


def sandbox() -> tuple[str, ...]:
    """The command in front; somebody who is not root is root inside only."""
    return SANDBOX if os.geteuid() == 0 else (SANDBOX[0], "--user", "--map-root-user", *SANDBOX[1:])


class Stage:
    """One document on its stage, before, while and after it runs."""

    def __init__(self, folder: Path, name: str, *, faulty: bool = False) -> None:
        self.folder = folder
        self.name = name
        self.work = folder / "work"
        scene = SCENES[name]
        _write_project(folder, self.work, scene, faulty=faulty)
        _write_stand_ins(folder, scene)
        shutil.copy(HERE / f"{name}.md", self.work / "RELEASE.md")
        if faulty:
            (folder / "fault").write_text(f"{scene.fault}\n")

    def adopt(self) -> None:
        """Put the document's adoption file beside it."""
        shutil.copy(HERE / f"{self.name}.md.gonogo.toml", self.work / "RELEASE.md.gonogo.toml")

    def run(self, manner: str) -> Any:
        """The run of the document as the API shows it at its end; ``manner`` is attended, unattended or rollback."""
        answers = HERE / f"{self.name}.md.gonogo.toml"
        inside = [sys.executable, "-m", "tests.documents.inside", str(self.folder), manner, str(answers)]
        command = f"ip link set lo up && exec {' '.join(inside)}"
        root = HERE.parent.parent
        paths = f"{root / 'src'}{os.pathsep}{root}"
        environment = {
            "PATH": f"{self.folder / 'bin'}{os.pathsep}{os.environ['PATH']}",
            "HOME": str(self.folder),
            "LANG": "C.UTF-8",
            "PYTHONPATH": paths,
            "GONOGO_HOME": str(self.folder / "home"),
        }
        done = subprocess.run(
            [*sandbox(), "sh", "-c", command],
            cwd=self.work,
            env=environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
        return json.loads((self.folder / "result.json").read_text())

    def read_log(self) -> list[str]:
        """What the stand-ins were called with, in order."""
        log = self.folder / "log"
        return log.read_text().splitlines() if log.exists() else []


def _write_project(folder: Path, work: Path, scene: Scene, *, faulty: bool) -> None:
    files = {"VERSION": "one\n", ".gitignore": "*.db*\nbackups/\n*.log\nhome/\n*.pid\n*.txt\nload/\n", **scene.files}
    for name, text in files.items():
        path = work / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        path.chmod(0o755 if name.endswith(".sh") else 0o644)
    for parent in ("kiln", ""):
        if (work / parent).is_dir():
            shutil.copy(HERE / "serve.py", (work if parent else folder) / parent / "serve.py")
    _git(work, "init", "-q")
    _git(work, "add", "-A")
    _git(work, "commit", "-qm", "one")
    _git(work, "branch", "before")
    _git(folder, "clone", "-q", "--bare", str(work), str(folder / "origin.git"))
    _git(work, "remote", "add", "origin", str(folder / "origin.git"))
    (work / "VERSION").write_text("two\n")
    (work / "faults").write_text(scene.broken if faulty else "")
    _git(work, "add", "-A")
    _git(work, "commit", "-qm", "two")
    _git(work, "push", "-q", "origin", "main")
    _git(work, "reset", "-q", "--hard", "before")
    for name, statements in scene.sql.items():
        path = work / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with sqlite3.connect(path) as connection:
            connection.executescript(statements)
        connection.close()


def _write_stand_ins(folder: Path, scene: Scene) -> None:
    binaries = folder / "bin"
    binaries.mkdir()
    for name in STAND_INS.split():
        shutil.copy(HERE / "standin.sh", binaries / name)
        (binaries / name).chmod(0o755)
    (folder / "ports").write_text("".join(f"{name} {port}\n" for name, port in scene.services.items()))


def _git(folder: Path, *arguments: str) -> None:
    subprocess.run(["git", *_GIT, *arguments], cwd=folder, check=True, capture_output=True)
