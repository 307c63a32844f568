"""Taking a backup: every source copied aside, hashed, proved, put in place, and the oldest dropped. Blocks."""

from __future__ import annotations

import socket
import tempfile
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from secrets import token_hex

from gonogo.kernel.clock import format_instant
from gonogo.releases.actions.backup.errors import BackupDamaged
from gonogo.releases.actions.backup.files import copy_file, list_files
from gonogo.releases.actions.backup.git import drop_ref, keep_tree
from gonogo.releases.actions.backup.machine import picture_machine
from gonogo.releases.actions.backup.manifest import Manifest, Part, describe_part, seal_manifest, write_manifest
from gonogo.releases.actions.backup.postgres import dump_postgres, split_password
from gonogo.releases.actions.backup.sources import Sources
from gonogo.releases.actions.backup.sqlite import copy_sqlite
from gonogo.releases.actions.backup.stores import Store
from gonogo.releases.actions.stopping import check_stop

Say = Callable[[str], None]


def take_backup(sources: Sources, store: Store, base: Path, now: datetime, say: Say) -> tuple[Manifest, str]:
    """Make one backup; gives its manifest and its address."""
    key = f"{now:%Y%m%d-%H%M%S-%f}-{token_hex(2)}"
    with tempfile.TemporaryDirectory(prefix="gonogo-backup-") as temporary:
        folder = Path(temporary)
        parts = []
        for part in _copy_all(sources, folder, base, key):
            check_stop()
            described = describe_part(folder, part)
            parts.append(described)
            say(tell_part(described))
        manifest = seal_manifest(
            Manifest(
                id=key, name=sources.name, taken_at=format_instant(now), host=socket.gethostname(), parts=tuple(parts)
            )
        )
        write_manifest(folder, manifest)
        check_stop()
        return manifest, store.put(folder, manifest)


def _copy_all(sources: Sources, folder: Path, base: Path, key: str) -> Iterator[Part]:
    if sources.git is not None:
        # First, so that what the backup itself writes into the tree is no part of it.
        yield Part(kind="git", source=str(base), facts=keep_tree(base, f"backup-{sources.name}-{key}", sources.git))
    for number, database in enumerate(sources.sqlite):
        copy = _make_place(folder, "sqlite", number, database.name)
        facts = copy_sqlite(database, folder / copy)
        yield Part(kind="sqlite", source=str(database), file=copy, facts=facts)
    for number, url in enumerate(sources.postgres):
        copy = _make_place(folder, "postgres", number, "database.dump")
        facts = dump_postgres(url, folder / copy)
        yield Part(kind="postgres", source=split_password(url)[0], file=copy, facts=facts)
    for number, root in enumerate(sources.files):
        for path in list_files(root):
            inside = path.relative_to(root.parent).as_posix()
            copy = f"files/{number}/{inside}"
            facts = copy_file(path, folder / copy)
            yield Part(kind="file", source=str(path), file=copy, facts=facts)
    if sources.processes:
        copy = _make_place(folder, "machine", 0, "machine.json")
        yield Part(kind="machine", source=socket.gethostname(), file=copy, facts=picture_machine(folder / copy))


def _make_place(folder: Path, kind: str, number: int, name: str) -> str:
    (folder / kind / str(number)).mkdir(parents=True)
    return f"{kind}/{number}/{name}"


def drop_oldest(store: Store, keep: int, say: Say) -> list[str]:
    """Drop all but the newest ``keep`` backups, with their git refs; gives the ids that went."""
    gone = store.list_ids()[:-keep] if keep else []
    for key in gone:
        check_stop()
        try:
            refs = [part for part in store.read_manifest(key).parts if part.kind == "git"]
        except BackupDamaged as error:
            say(f"{error.detail} It goes all the same; a git ref of it would stay.")
            refs = []
        for part in refs:
            drop_ref(Path(part.source), part.facts["ref"])
        store.remove(key)
        say(f"dropped {key}: the newest {keep} are kept")
    return gone


def tell_part(part: Part) -> str:
    """One line about a copy."""
    facts = part.facts
    if part.kind == "git":
        state = "a clean tree" if facts["clean"] else "uncommitted work included"
        return f"git {facts['ref'].removeprefix('refs/')} at {facts['commit'][:12]}, {state}"
    if part.kind == "machine":
        return f"{facts['processes']} processes, listening on {', '.join(map(str, facts['ports'])) or 'nothing'}"
    rows = f", {sum(facts['rows'].values())} rows in {len(facts['rows'])} tables" if "rows" in facts else ""
    return f"{part.kind} {part.source}: {part.size} bytes{rows}, SHA-256 {part.sha256[:12]}…"
