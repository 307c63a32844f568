"""The working tree as a git ref: everything in it, uncommitted work included, without touching branch or index."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Any, Literal

from gonogo.releases.actions.backup.errors import SourceUnusable
from gonogo.releases.actions.stopping import run_program

RefKind = Literal["branch", "tag"]
_WHO = {
    "GIT_AUTHOR_NAME": "gonogo",
    "GIT_AUTHOR_EMAIL": "gonogo@localhost",
    "GIT_COMMITTER_NAME": "gonogo",
    "GIT_COMMITTER_EMAIL": "gonogo@localhost",
}


def keep_tree(folder: Path, name: str, kind: RefKind) -> dict[str, Any]:
    """Make a backup branch or tag of the working tree; gives its facts. Raises SourceUnusable."""
    head = call_git(folder, "rev-parse", "HEAD")
    with tempfile.TemporaryDirectory() as temporary:
        index = {"GIT_INDEX_FILE": str(Path(temporary) / "index")}
        call_git(folder, "read-tree", "HEAD", environment=index)
        call_git(folder, "add", "--all", ":/", environment=index)
        tree = call_git(folder, "write-tree", environment=index)
    clean = tree == call_git(folder, "rev-parse", "HEAD^{tree}")
    commit = head if clean else call_git(folder, "commit-tree", tree, "-p", head, "-m", name, environment=_WHO)
    ref = f"refs/{'heads' if kind == 'branch' else 'tags'}/{name}"
    call_git(folder, "update-ref", ref, commit)
    return {"ref": ref, "commit": commit, "head": head, "clean": clean}


def restore_tree(folder: Path, commit: str) -> None:
    """Put every file of the kept tree back where it was; the branch that is checked out stays."""
    top = Path(call_git(folder, "rev-parse", "--show-toplevel"))
    call_git(top, "restore", f"--source={commit}", "--worktree", "--", ".")


def drop_ref(folder: Path, ref: str) -> None:
    """Forget the ref of a backup that is not kept any longer."""
    if folder.is_dir():
        call_git(folder, "update-ref", "-d", ref)


def is_repository(folder: Path) -> bool:
    """Whether there is a commit that a ref could point to."""
    try:
        call_git(folder, "rev-parse", "--verify", "HEAD")
    except SourceUnusable:
        return False
    return True


def call_git(folder: Path, *arguments: str, environment: dict[str, str] | None = None) -> str:
    """What git prints. Raises SourceUnusable with its own words."""
    try:
        done = run_program(["git", "-C", str(folder), *arguments], {**os.environ, **(environment or {})})
    except FileNotFoundError as error:
        raise SourceUnusable("There is no git on the PATH of this server.", field="git") from error
    if done.returncode != 0:
        raise SourceUnusable(f"git {arguments[0]} failed in '{folder}': {done.stderr.strip()[:500]}", field="git")
    return done.stdout.strip()
