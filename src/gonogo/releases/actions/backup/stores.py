"""Where backups are kept: one port, two adapters."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from gonogo.kernel.config import Config
from gonogo.releases.actions.backup.manifest import Manifest


class Store(Protocol):
    """Backups of one name. Every method blocks, and raises BucketUnavailable when the place does not answer."""

    def put(self, folder: Path, manifest: Manifest) -> str:
        """Keep what was made in ``folder``, the manifest last; gives its address."""

    def list_ids(self) -> list[str]:
        """The ids of all whole backups, oldest first."""

    def read_manifest(self, id: str) -> Manifest:
        """Raises BackupNotFound and BackupDamaged."""

    def fetch(self, id: str, folder: Path, /) -> Path:
        """The folder of a backup on this machine; what is elsewhere is brought into ``folder``."""

    def remove(self, id: str) -> None:
        """Drop one backup."""


def open_store(config: Config, place: str, base: Path, name: str) -> Store:
    """The store that ``place`` means: ``s3://bucket/prefix``, or a folder (from ``base`` on)."""
    if place.startswith("s3://"):
        from gonogo.releases.actions.backup.s3 import open_s3

        return open_s3(config, place, name)
    from gonogo.releases.actions.backup.local import LocalStore

    return LocalStore((base / Path(place).expanduser()).absolute() / name)
