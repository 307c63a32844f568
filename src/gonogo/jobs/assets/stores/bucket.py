"""Assets in an S3-compatible bucket."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from pathlib import Path

from gonogo.jobs.asset_errors import AssetNotFound
from gonogo.jobs.assets.stores import CHUNK
from gonogo.kernel.bucket import Bucket, BucketUnavailable, ask_bucket, open_bucket
from gonogo.kernel.config import Config


class BucketStore:
    """Objects ``prefix/sha256``; the bucket is first asked when somebody keeps or reads something."""

    def __init__(self, config: Config) -> None:
        self._config = config

    @cached_property
    def _bucket(self) -> Bucket:
        return open_bucket(self._config, self._config.assets_url, "assets_url")

    def adopt(self, sha256: str, file: Path) -> None:
        """See ``ByteStore``."""
        client, name, prefix = self._bucket
        ask_bucket(client.fput_object, name, prefix + sha256, str(file))
        file.unlink()

    def read(self, sha256: str) -> Iterator[bytes]:
        """See ``ByteStore``."""
        from minio.error import S3Error

        client, name, prefix = self._bucket
        try:
            answer = ask_bucket(client.get_object, name, prefix + sha256)
        except BucketUnavailable as error:
            if isinstance(error.__cause__, S3Error) and error.__cause__.code == "NoSuchKey":
                raise AssetNotFound(f"The bytes {sha256} are not in {self._config.assets_url}.") from error
            raise
        with answer:
            yield from answer.stream(CHUNK)
