"""Assets in a folder of this machine, spread over 256 subfolders."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from gonogo.jobs.asset_errors import AssetNotFound
from gonogo.jobs.assets.stores import CHUNK


class FolderStore:
    """Files ``root/ab/abcdef…``, readable by their owner only."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def adopt(self, sha256: str, file: Path) -> None:
        """See ``ByteStore``."""
        target = self._find_path(sha256)
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if target.exists():
            file.unlink()
            return
        with file.open("rb") as written:
            os.fsync(written.fileno())
        file.chmod(0o600)
        file.replace(target)

    def read(self, sha256: str) -> Iterator[bytes]:
        """See ``ByteStore``."""
        try:
            file = self._find_path(sha256).open("rb")
        except FileNotFoundError as error:
            raise AssetNotFound(f"The bytes {sha256} are not in {self._root}.") from error
        with file:
            while piece := file.read(CHUNK):
                yield piece

    def _find_path(self, sha256: str) -> Path:
        return self._root / sha256[:2] / sha256
