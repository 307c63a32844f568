"""Backups in an S3-compatible bucket, by the minio library."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gonogo.kernel.bucket import BucketUnavailable, ask_bucket, open_bucket
from gonogo.kernel.config import Config
from gonogo.releases.actions.backup.errors import BackupNotFound
from gonogo.releases.actions.backup.manifest import MANIFEST, Manifest, read_manifest
from gonogo.releases.actions.stopping import check_stop

if TYPE_CHECKING:
    from minio import Minio


class S3Store:
    """Objects ``prefix/name/id/file`` of one bucket."""

    def __init__(self, client: Minio, bucket: str, prefix: str) -> None:
        self._client, self._bucket, self._prefix = client, bucket, prefix

    def put(self, folder: Path, manifest: Manifest) -> str:
        copies = sorted(path for path in folder.rglob("*") if path.is_file() and path.name != MANIFEST)
        for path in [*copies, folder / MANIFEST]:
            check_stop()
            key = f"{self._prefix}{manifest.id}/{path.relative_to(folder).as_posix()}"
            ask_bucket(self._client.fput_object, self._bucket, key, str(path))
        return f"s3://{self._bucket}/{self._prefix}{manifest.id}"

    def list_ids(self) -> list[str]:
        keys = [key.removeprefix(self._prefix).split("/") for key in self._list_keys(self._prefix)]
        return sorted(parts[0] for parts in keys if parts[1:] == [MANIFEST])

    def read_manifest(self, id: str) -> Manifest:
        return read_manifest(self._read(f"{self._prefix}{id}/{MANIFEST}", id), id)

    def fetch(self, id: str, folder: Path) -> Path:
        start = f"{self._prefix}{id}/"
        for key in self._list_keys(start):
            check_stop()
            target = folder / key.removeprefix(start)
            target.parent.mkdir(parents=True, exist_ok=True)
            ask_bucket(self._client.fget_object, self._bucket, key, str(target))
        return folder

    def remove(self, id: str) -> None:
        start = f"{self._prefix}{id}/"
        ask_bucket(self._client.remove_object, self._bucket, f"{start}{MANIFEST}")
        for key in self._list_keys(start):
            ask_bucket(self._client.remove_object, self._bucket, key)

    def _list_keys(self, start: str) -> list[str]:
        def walk() -> list[str]:
            return [str(each.object_name) for each in self._walk(start)]

        return ask_bucket(walk)

    def _walk(self, start: str) -> Iterator[Any]:
        return iter(self._client.list_objects(self._bucket, prefix=start, recursive=True))

    def _read(self, key: str, id: str) -> bytes:
        from minio.error import S3Error

        try:
            answer = ask_bucket(self._client.get_object, self._bucket, key)
        except BucketUnavailable as error:
            if isinstance(error.__cause__, S3Error) and error.__cause__.code == "NoSuchKey":
                raise BackupNotFound(
                    f"There is no backup '{id}' in s3://{self._bucket}/{self._prefix}", field="id"
                ) from error
            raise
        with answer:
            return io.BytesIO(answer.read()).getvalue()


def open_s3(config: Config, place: str, name: str) -> S3Store:
    """The store at ``s3://bucket/prefix``. Raises BadInput when the endpoint or a key is missing, BucketUnavailable."""
    client, bucket, prefix = open_bucket(config, place, "to")
    return S3Store(client, bucket, f"{prefix}{name}/")
