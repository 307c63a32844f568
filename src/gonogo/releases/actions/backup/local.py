"""Backups in a folder of this machine."""

from __future__ import annotations

import shutil
from pathlib import Path

from gonogo.releases.actions.backup.errors import BackupNotFound
from gonogo.releases.actions.backup.manifest import MANIFEST, Manifest, read_manifest
from gonogo.releases.actions.stopping import check_stop


class LocalStore:
    """One folder a backup below ``root``, readable by its owner only."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def put(self, folder: Path, manifest: Manifest) -> str:
        """Copied aside and renamed: a backup is there whole, or not at all."""
        self._root.mkdir(mode=0o700, parents=True, exist_ok=True)
        # Copies of secrets and databases belong into no repository, nor into the next backup's branch.
        (self._root / ".gitignore").write_text("*\n", encoding="utf-8")
        beside, target = self._root / f".{manifest.id}.partial", self._root / manifest.id
        try:
            shutil.copytree(folder, beside)
            beside.chmod(0o700)
            check_stop()
        except BaseException:
            shutil.rmtree(beside, ignore_errors=True)
            raise
        beside.rename(target)
        return str(target)

    def list_ids(self) -> list[str]:
        if not self._root.is_dir():
            return []
        return sorted(path.parent.name for path in self._root.glob(f"[!.]*/{MANIFEST}"))

    def read_manifest(self, id: str) -> Manifest:
        path = self._root / Path(id).name / MANIFEST
        if not path.is_file():
            raise BackupNotFound(f"There is no backup '{id}' in {self._root}.", field="id")
        return read_manifest(path.read_bytes(), id)

    def fetch(self, id: str, _folder: Path) -> Path:
        return self._root / Path(id).name

    def remove(self, id: str) -> None:
        # Without its manifest it is no backup any more, even if the rest takes a while to go.
        (self._root / id / MANIFEST).unlink(missing_ok=True)
        shutil.rmtree(self._root / id)
