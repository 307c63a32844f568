"""``backup`` and ``restore``."""

from __future__ import annotations

from pathlib import Path
from typing import cast

from gonogo.kernel.actions import ActionCall, ActionResult
from gonogo.kernel.errors import BadInput
from gonogo.releases.actions.backup.errors import SourceUnusable
from gonogo.releases.actions.backup.manifest import Kind, Manifest
from gonogo.releases.actions.backup.postgres import split_password
from gonogo.releases.actions.backup.restore import DATA, NEWEST, RESTORABLE, find_backup, restore_backup
from gonogo.releases.actions.backup.sources import read_name, read_place, read_sources
from gonogo.releases.actions.backup.stores import Store, open_store
from gonogo.releases.actions.backup.take import drop_oldest, take_backup
from gonogo.releases.actions.options import check_known, find_file, read_list
from gonogo.releases.actions.stopping import run_stoppable


async def back_up(call: ActionCall) -> ActionResult:
    """Copy databases, files, the working tree and a picture of the machine; keep the newest.

    Options: name, to (folder or s3://bucket/prefix), keep, sqlite, postgres, files (comma lists), git (branch, tag),
    processes. Without sources: Gonogo's own database, a git tag, and the machine.
    """
    sources = read_sources(call)

    def work() -> tuple[Manifest, str, list[str]]:
        store = open_store(call.kernel.config, sources.to, call.folder, sources.name)
        manifest, address = take_backup(sources, store, call.folder, call.kernel.clock.now(), call.say)
        return manifest, address, drop_oldest(store, sources.keep, call.say)

    manifest, address, gone = await run_stoppable(work)
    dropped = f"; {len(gone)} older dropped" if gone else ""
    commit = next((part.facts["commit"] for part in manifest.parts if part.kind == "git"), "")
    return ActionResult(
        True,
        f"Backed up {len(manifest.parts)} parts, {manifest.size} bytes, to {address}{dropped}.",
        {"id": manifest.id, "address": address, "bytes": manifest.size, "commit": commit, "dropped": gone},
    )


async def restore(call: ActionCall) -> ActionResult:
    """Put a backup back: its manifest is verified first, databases are checked before and after.

    Options: id (newest when absent), name, to, parts (sqlite, postgres, file, git), into, postgres (addresses with
    passwords).
    """
    check_known(call, "id", "name", "to", "parts", "into", "postgres")
    kinds = _read_kinds(call)
    into = _read_target(call)
    urls = {split_password(url)[0]: url for url in read_list(call, "postgres")}

    def work() -> tuple[Manifest, int]:
        store = _open(call)
        manifest = find_backup(store, call.options.get("id") or NEWEST)
        _refuse_own(call.kernel.config.database_path, manifest, kinds, into)
        return manifest, len(restore_backup(store, manifest, kinds, call.say, into=into, urls=urls))

    manifest, count = await run_stoppable(work)
    if not count:
        return ActionResult(False, f"{manifest.id} holds nothing of the kind: {', '.join(kinds)}.", {"id": manifest.id})
    return ActionResult(
        True, f"Restored {count} parts of {manifest.id}, taken {manifest.taken_at}.", {"id": manifest.id}
    )


def list_backups(call: ActionCall) -> list[Manifest]:
    """Every whole backup of a name, newest first. Blocks."""
    store = _open(call)
    return [store.read_manifest(key) for key in reversed(store.list_ids())]


def _open(call: ActionCall) -> Store:
    return open_store(call.kernel.config, read_place(call), call.folder, read_name(call))


def _refuse_own(own: Path, manifest: Manifest, kinds: tuple[Kind, ...], into: Path | str | None) -> None:
    sources = [Path(part.source) for part in manifest.parts if part.kind == "sqlite" and "sqlite" in kinds]
    targets = sources if into is None else [Path(into)] if isinstance(into, Path) else []
    if own.resolve() in (target.resolve() for target in targets):
        raise SourceUnusable(
            f"{own} is the database of this Gonogo, and in use. Restore it to another file (parts=sqlite, "
            f"into=FILE; `gonogo restore {manifest.id} --parts sqlite --into FILE`), stop Gonogo, remove "
            f"{own.name}-wal and {own.name}-shm, and move FILE to its place.",
            field="into",
        )


def _read_kinds(call: ActionCall) -> tuple[Kind, ...]:
    words = read_list(call, "parts") or DATA
    for word in words:
        if word not in RESTORABLE:
            raise BadInput(f"'parts' are {', '.join(RESTORABLE)}, not '{word}'.", field="parts")
    return cast("tuple[Kind, ...]", tuple(words))


def _read_target(call: ActionCall) -> Path | str | None:
    text = call.options.get("into")
    if not text or text.startswith(("postgres://", "postgresql://")):
        return text or None
    return find_file(call, text)
