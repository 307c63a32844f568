"""The data folder: closed to others, and out of every repository."""

from __future__ import annotations

import subprocess
from pathlib import Path

from gonogo.kernel.data_folder import prepare_folder


def test_git_stages_nothing_of_it(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    prepare_folder(tmp_path / ".gonogo")
    (tmp_path / ".gonogo" / "local.key").write_text("secret")
    subprocess.run(["git", "-C", tmp_path, "add", "-A"], check=True)
    staged = subprocess.run(["git", "-C", tmp_path, "ls-files"], check=True, capture_output=True, text=True)
    assert staged.stdout == ""


def test_a_folder_that_others_could_read_is_closed(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir(mode=0o755)
    folder.chmod(0o777)
    prepare_folder(folder)
    assert folder.stat().st_mode & 0o777 == 0o700


def test_a_gitignore_that_is_there_stays(tmp_path: Path) -> None:
    (tmp_path / ".gitignore").write_text("mine")
    prepare_folder(tmp_path)
    assert (tmp_path / ".gitignore").read_text() == "mine"
