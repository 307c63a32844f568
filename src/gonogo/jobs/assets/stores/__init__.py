"""Where the bytes lie: one port, two adapters. Everything here blocks; callers go through a thread."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from gonogo.kernel.config import Config

CHUNK = 1 << 18


class ByteStore(Protocol):
    """Files by the SHA-256 of their bytes."""

    def adopt(self, sha256: str, file: Path) -> None:
        """Keep ``file``, which is consumed. Bytes that are there already are left alone."""
        ...

    def read(self, sha256: str) -> Iterator[bytes]:
        """The bytes in pieces. Raises ``AssetNotFound``."""
        ...


def open_store(config: Config) -> ByteStore:
    """The store that ``assets_url`` names: a bucket, or a folder (the data folder's own without one)."""
    if config.assets_url.startswith("s3://"):
        from gonogo.jobs.assets.stores.bucket import BucketStore

        return BucketStore(config)
    from gonogo.jobs.assets.stores.folder import FolderStore

    return FolderStore(Path(config.assets_url).expanduser() if config.assets_url else config.folder / "assets")
