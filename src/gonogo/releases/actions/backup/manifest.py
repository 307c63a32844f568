"""The manifest of a backup: what is in it, where it came from, and the hashes that prove it."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any, Literal

import msgspec

from gonogo.releases.actions.backup.errors import BackupDamaged
from gonogo.releases.journal import write_canonical

MANIFEST = "manifest.json"
Kind = Literal["sqlite", "postgres", "file", "git", "machine"]


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that was copied. ``source`` is where it was, ``file`` where it lies in the backup, if it does.

    ``facts`` hold what a restore is held against: rows of every table, a commit, a file's mode.
    """

    kind: Kind
    source: str
    file: str | None = None
    size: int = 0
    sha256: str = ""
    facts: dict[str, Any] = {}


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """One backup. ``id`` begins with the instant it was taken, so ids sort by age; ``sha256`` is of all the rest."""

    id: str
    name: str
    taken_at: str
    host: str
    parts: tuple[Part, ...]
    format: int = 1
    sha256: str = ""

    @property
    def size(self) -> int:
        """Bytes of all copies."""
        return sum(part.size for part in self.parts)


def hash_file(path: Path) -> str:
    """SHA-256 (hex) of a file."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def describe_part(folder: Path, part: Part) -> Part:
    """The part with the size and hash of its copy."""
    if part.file is None:
        return part
    copy = folder / part.file
    return msgspec.structs.replace(part, size=copy.stat().st_size, sha256=hash_file(copy))


def seal_manifest(manifest: Manifest) -> Manifest:
    """The manifest with its own hash."""
    return msgspec.structs.replace(manifest, sha256=_hash(manifest))


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Put the manifest beside the copies."""
    path = folder / MANIFEST
    path.write_bytes(msgspec.json.format(msgspec.json.encode(manifest), indent=2))
    path.chmod(0o600)


def read_manifest(data: bytes, where: str) -> Manifest:
    """A manifest that holds. Raises BackupDamaged."""
    try:
        manifest = msgspec.json.decode(data, type=Manifest)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BackupDamaged(f"The manifest of {where} can't be read: {error}.") from error
    if manifest.sha256 != _hash(manifest):
        raise BackupDamaged(f"The manifest of {where} is not as it was written: its own hash does not hold.")
    return manifest


def check_copies(folder: Path, manifest: Manifest) -> None:
    """Raises BackupDamaged for the first copy that is missing or not as it was written."""
    for part in manifest.parts:
        if part.file is None:
            continue
        copy = folder / part.file
        if not copy.is_file():
            raise BackupDamaged(f"{manifest.id} has no '{part.file}' any more; nothing was restored.")
        if copy.stat().st_size != part.size or hash_file(copy) != part.sha256:
            raise BackupDamaged(
                f"'{part.file}' of {manifest.id} is damaged: its SHA-256 is not the one in the manifest. "
                "Nothing was restored; take another backup."
            )


def _hash(manifest: Manifest) -> str:
    body = msgspec.to_builtins(msgspec.structs.replace(manifest, sha256=""))
    return hashlib.sha256(write_canonical(body)).hexdigest()
