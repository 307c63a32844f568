"""One suite for every place that backups are kept in: a folder, and a bucket of a real S3 API (moto's server)."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from minio import Minio

from gonogo.kernel.bucket import BucketUnavailable
from gonogo.kernel.config import Config
from gonogo.kernel.errors import BadInput
from gonogo.releases.actions.backup.errors import BackupDamaged, BackupNotFound
from gonogo.releases.actions.backup.manifest import (
    Manifest,
    Part,
    check_copies,
    describe_part,
    seal_manifest,
    write_manifest,
)
from gonogo.releases.actions.backup.stores import Store, open_store
from tests.servers import find_port, wait_until


@pytest.fixture(scope="session")
def s3_url() -> Iterator[str]:
    """An S3-compatible server with the bucket ``backups``."""
    port = find_port()
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        client = Minio(f"127.0.0.1:{port}", access_key="one", secret_key="two", secure=False, region="us-east-1")
        wait_until(lambda: is_listening(port), "the S3 server never listened")
        client.make_bucket("backups")
        yield f"http://127.0.0.1:{port}"
    finally:
        server.kill()
        server.wait()


def is_listening(port: int) -> bool:
    import socket

    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@pytest.fixture(params=["folder", "bucket"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    config = Config(home=str(tmp_path))
    if request.param == "folder":
        return open_store(config, "kept", tmp_path, "shop")
    endpoint = request.getfixturevalue("s3_url")
    keys = {"s3_access_key": "one", "s3_secret_key": "two"}
    config = msgspec.structs.replace(config, s3_endpoint=endpoint, **keys)
    return open_store(config, f"s3://backups/{tmp_path.name}", tmp_path, "shop")


def make_backup(folder: Path, key: str, text: str = "hello") -> Manifest:
    """A backup of one file, made in ``folder``."""
    (folder / "files").mkdir(parents=True)
    (folder / "files" / "a").write_text(text)
    part = describe_part(folder, Part(kind="file", source="/a", file="files/a"))
    manifest = seal_manifest(Manifest(id=key, name="shop", taken_at="2026-01-01T00:00:00Z", host="h", parts=(part,)))
    write_manifest(folder, manifest)
    return manifest


def test_what_was_put_is_read_fetched_and_proved(store: Store, tmp_path: Path) -> None:
    manifest = make_backup(tmp_path / "made", "20260101")
    store.put(tmp_path / "made", manifest)
    assert store.list_ids() == ["20260101"]
    assert store.read_manifest("20260101") == manifest
    folder = store.fetch("20260101", tmp_path / "fetched")
    check_copies(folder, manifest)
    assert (folder / "files" / "a").read_text() == "hello"


def test_ids_come_oldest_first_and_what_is_removed_is_gone(store: Store, tmp_path: Path) -> None:
    for key in ("20260102", "20260101", "20260103"):
        store.put(tmp_path / key, make_backup(tmp_path / key, key))
    store.remove("20260102")
    assert store.list_ids() == ["20260101", "20260103"]
    with pytest.raises(BackupNotFound):
        store.read_manifest("20260102")


def test_a_copy_that_is_not_as_written_is_found(store: Store, tmp_path: Path) -> None:
    manifest = make_backup(tmp_path / "made", "20260101")
    (tmp_path / "made" / "files" / "a").write_text("jello")
    store.put(tmp_path / "made", manifest)
    folder = store.fetch("20260101", tmp_path / "fetched")
    with pytest.raises(BackupDamaged):
        check_copies(folder, manifest)


def test_a_bucket_that_does_not_answer_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config = Config(home=str(tmp_path), s3_endpoint="http://127.0.0.1:1", s3_access_key="a", s3_secret_key="b")
    with pytest.raises(BucketUnavailable):
        open_store(config, "s3://backups", tmp_path, "shop")
    with pytest.raises(BadInput, match="GONOGO_S3_ENDPOINT"):
        open_store(Config(home=str(tmp_path)), "s3://backups", tmp_path, "shop")
