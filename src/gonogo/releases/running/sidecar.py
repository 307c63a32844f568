"""The adoption file beside a checklist: ``RELEASE.md.gonogo.toml``."""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path

SUFFIX = ".gonogo.toml"
_LARGEST = 4 * 1024 * 1024


def find_sidecar(checklist: Path) -> Path:
    """Where the answers of a checklist are kept."""
    return checklist.with_name(checklist.name + SUFFIX)


def read_sidecar(checklist: Path) -> bytes | None:
    """The bytes of the adoption file; None when there is none. At most one byte more than may be read."""
    try:
        with find_sidecar(checklist).open("rb") as file:
            return file.read(_LARGEST + 1)
    except (FileNotFoundError, NotADirectoryError):
        return None


def write_sidecar(checklist: Path, text: str) -> Path:
    """Write the adoption file: it is there completely or as it was before."""
    path = find_sidecar(checklist)
    mode = path.stat().st_mode & 0o777 if path.exists() else 0o644
    descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(text.encode())
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(mode)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    return path


def pin_plan(document: bytes, adoption: bytes | None) -> str:
    """What pins a plan: SHA-256 of the document; with an adoption, of that hash and the adoption's bytes."""
    of_document = hashlib.sha256(document).hexdigest()
    if adoption is None:
        return of_document
    return hashlib.sha256(f"{of_document}\n".encode() + adoption).hexdigest()
