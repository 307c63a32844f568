"""Restoring a backup: manifest and every hash first, then each part put back and proved. Blocks."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

from gonogo.kernel.errors import BadInput
from gonogo.releases.actions.backup.errors import BackupNotFound
from gonogo.releases.actions.backup.files import restore_file
from gonogo.releases.actions.backup.git import restore_tree
from gonogo.releases.actions.backup.manifest import Kind, Manifest, Part, check_copies
from gonogo.releases.actions.backup.postgres import restore_postgres, split_password
from gonogo.releases.actions.backup.sqlite import restore_sqlite
from gonogo.releases.actions.backup.stores import Store
from gonogo.releases.actions.stopping import check_stop

Say = Callable[[str], None]
DATA: tuple[Kind, ...] = ("sqlite", "postgres", "file")
RESTORABLE: tuple[Kind, ...] = (*DATA, "git")
NEWEST = "last"


def find_backup(store: Store, id: str) -> Manifest:
    """The manifest of this backup, or of the newest for ``last``. Raises BackupNotFound and BackupDamaged."""
    if id != NEWEST:
        return store.read_manifest(id)
    ids = store.list_ids()
    if not ids:
        raise BackupNotFound("There is no backup yet to restore.", field="id")
    return store.read_manifest(ids[-1])


def restore_backup(
    store: Store,
    manifest: Manifest,
    kinds: tuple[Kind, ...],
    say: Say,
    *,
    into: Path | str | None = None,
    urls: Mapping[str, str] | None = None,
) -> list[Part]:
    """Put the parts of these kinds back; gives them. Nothing is touched before every hash of the backup held.

    ``into`` puts one database elsewhere; ``urls`` give Postgres addresses with their passwords, which no backup keeps.
    """
    with tempfile.TemporaryDirectory(prefix="gonogo-restore-") as temporary:
        folder = store.fetch(manifest.id, Path(temporary))
        check_copies(folder, manifest)
        say(
            f"{manifest.id}: manifest and {sum(part.file is not None for part in manifest.parts)} copies are as written"
        )
        parts = [part for part in manifest.parts if part.kind in kinds]
        if into is not None and len(parts) != 1:
            raise BadInput(f"'into' takes one part, and this names {len(parts)}; say parts=sqlite.", field="into")
        for part in parts:
            check_stop()
            say(_restore_part(folder, part, into, urls or {}))
        return parts


def _restore_part(folder: Path, part: Part, into: Path | str | None, urls: Mapping[str, str]) -> str:
    copy, target = folder / (part.file or ""), Path(into or part.source)
    match part.kind:
        case "sqlite":
            rows = restore_sqlite(copy, target, part.facts)
            return f"sqlite {target}: whole before and after, {sum(rows.values())} rows in {len(rows)} tables"
        case "postgres":
            url = str(into or urls.get(part.source, part.source))
            rows = restore_postgres(copy, url, part.facts)
            return f"postgres {split_password(url)[0]}: {sum(rows.values())} rows in {len(rows)} tables, none lost"
        case "git":
            restore_tree(Path(part.source), part.facts["commit"])
            return f"git {part.source}: files as of {part.facts['commit'][:12]}"
        case _:
            restore_file(copy, target, part.facts, part.sha256)
            return f"file {target}: {part.size} bytes"
