"""Files and folders, copied as they are."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from gonogo.kernel.errors import BadInput
from gonogo.releases.actions.backup.errors import BackupDamaged, SourceUnusable
from gonogo.releases.actions.backup.manifest import hash_file
from gonogo.releases.actions.stopping import Stopped, check_stop

_MOST_FILES = 10_000


def list_files(source: Path) -> list[Path]:
    """The file itself, or every file below the folder. Raises SourceUnusable."""
    if source.is_file():
        return [source]
    if not source.is_dir():
        raise SourceUnusable(f"There is no file or folder '{source}'.", field="files")
    found = sorted(_walk(source))
    if len(found) > _MOST_FILES:
        raise BadInput(f"'{source}' holds more than {_MOST_FILES} files; name what is needed of it.", field="files")
    return found


def _walk(folder: Path) -> Iterator[Path]:
    return (path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())


def copy_file(source: Path, copy: Path) -> dict[str, Any]:
    """Copy one file; gives its facts. Raises SourceUnusable."""
    copy.parent.mkdir(parents=True, exist_ok=True)
    try:
        shutil.copyfile(source, copy)
    except OSError as error:
        raise SourceUnusable(f"'{source}' can't be copied: {error.strerror}.", field="files") from error
    copy.chmod(0o600)
    return {"mode": source.stat().st_mode & 0o777}


def restore_file(copy: Path, target: Path, facts: dict[str, Any], sha256: str) -> None:
    """Put a file back whole: whoever reads it meanwhile sees the old one or the new one."""
    target.parent.mkdir(parents=True, exist_ok=True)
    beside = target.with_name(f".{target.name}.restoring")
    shutil.copyfile(copy, beside)
    if hash_file(beside) != sha256:
        raise BackupDamaged(f"'{copy.name}' changed while it was copied back; '{target}' was left as it is.")
    beside.chmod(facts.get("mode", 0o600))
    try:
        check_stop()
    except Stopped:
        beside.unlink()
        raise
    beside.replace(target)
