"""The data folder: who can read it, where it lies, what is in its database, and when it was last backed up."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import psutil

from gonogo import __version__
from gonogo.kernel.config import Config
from gonogo.kernel.data_folder import is_data_folder
from gonogo.kernel.doctor.findings import Finding, ok
from gonogo.migrations import HEAD

_OTHERS = 0o077
_NETWORKED = frozenset({"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "fuse.sshfs", "ceph", "glusterfs", "afs"})
_GONE_WITH_THE_MACHINE = frozenset({"tmpfs", "ramfs", "overlay"})
_BACKUP_DAYS = 7
_DAY_S = 86_400


def examine_data(config: Config) -> Iterator[Finding]:
    """What of the data folder is worth knowing."""
    folder = config.folder
    if not is_data_folder(folder):
        yield Finding("data folder", "note", f"There is none at {folder}, nor above it.", "`gonogo up` makes one.")
        return
    yield _examine_modes(folder)
    yield _examine_file_system(folder)
    yield from _examine_database(config.database_path)
    yield _examine_backups(Path.cwd() / "backups")


def _examine_modes(folder: Path) -> Finding:
    loose = sorted(str(path) for path in (folder, *folder.iterdir()) if _is_loose(path, folder))
    if loose:
        named = ", ".join(loose[:3]) + (f" and {len(loose) - 3} more" if len(loose) > 3 else "")
        return Finding("file modes", "fault", f"Other users can read {named}.", f"`chmod -R go-rwx {folder}`.")
    if not (folder / ".gitignore").exists():
        return Finding(
            "file modes", "warning", f"{folder} has no .gitignore.", "The next start of the server writes it."
        )
    return ok("file modes", f"{folder} is for its owner alone, and git leaves it out.")


def _is_loose(path: Path, folder: Path) -> bool:
    # A file in a closed folder is out of reach, but copies of it keep its mode.
    is_kept = path == folder or path.suffix in (".key", ".db") or path.name == "admin-password"
    return is_kept and bool(path.stat().st_mode & _OTHERS)


def _examine_file_system(folder: Path) -> Finding:
    kind = find_file_system(folder)
    if kind in _NETWORKED:
        return Finding(
            "file system",
            "fault",
            f"The data folder lies on {kind}: SQLite can't lock files safely over a network.",
            "Move it to a local disk.",
        )
    if kind in _GONE_WITH_THE_MACHINE:
        return Finding("file system", "warning", f"The data folder lies on {kind}, which may not outlive a restart.")
    return ok("file system", kind or "local")


def find_file_system(folder: Path) -> str:
    """The type of the file system that ``folder`` lies on; empty when nobody says."""
    resolved = folder.resolve()
    parts = [part for part in psutil.disk_partitions(all=True) if resolved.is_relative_to(part.mountpoint)]
    return max(parts, key=lambda part: len(part.mountpoint)).fstype if parts else ""


def _examine_database(path: Path) -> Iterator[Finding]:
    if not path.exists():
        return
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=1)) as database:
            yield _examine_version(database)
            yield _examine_integrity(database)
            yield from _examine_accounts(database)
    except sqlite3.Error as error:
        yield Finding("database", "fault", f"{path} can't be read: {error}.", "`gonogo restore` puts a backup back.")


def _examine_version(database: sqlite3.Connection) -> Finding:
    found = database.execute("SELECT version_num FROM alembic_version").fetchone()
    if found is None or found[0] > HEAD:
        return Finding("version", "fault", f"A newer Gonogo wrote this database; this is {__version__}.", "Update it.")
    if found[0] < HEAD:
        return Finding("version", "note", f"Gonogo {__version__} will update the database when it starts next.")
    return ok("version", f"Gonogo {__version__}, database revision {found[0]}.")


def _examine_integrity(database: sqlite3.Connection) -> Finding:
    said = database.execute("PRAGMA quick_check(1)").fetchone()[0]
    if said != "ok":
        return Finding("database", "fault", f"It is damaged: {said}.", "Stop the server and restore a backup.")
    return ok("database", "Its integrity was checked.")


def _examine_accounts(database: sqlite3.Connection) -> Iterator[Finding]:
    keys = "SELECT count(*) FROM api_keys WHERE revoked_at IS NULL AND expires_at IS NULL"
    if (count := database.execute(keys).fetchone()[0]) > 0:
        text = f"{count} API key{'s never expire' if count > 1 else ' never expires'}."
        yield Finding("API keys", "warning", text, "`gonogo keys list`; replace each by one that expires.")
    else:
        yield ok("API keys", "Every key expires.")
    if (column := _find_totp(database)) is None:
        return
    without = f"SELECT count(*) FROM users WHERE disabled_at IS NULL AND {column} IS NULL"  # noqa: S608 — our own name
    if (count := database.execute(without).fetchone()[0]) > 0:
        text = f"{count} account{'s sign' if count > 1 else ' signs'} in without a second factor."
        yield Finding("two-factor", "warning", text, "Set it up on the account page.")
    else:
        yield ok("two-factor", "Every account has a second factor.")


def _find_totp(database: sqlite3.Connection) -> str | None:
    columns = {row[1] for row in database.execute("PRAGMA table_info(users)")}
    return next((name for name in ("totp_confirmed_at", "totp_secret") if name in columns), None)


def _examine_backups(folder: Path) -> Finding:
    found = [path.stat().st_mtime for path in folder.glob("*/*/manifest.json")] if folder.is_dir() else []
    if not found:
        return Finding(
            "backups", "warning", f"There is no backup in {folder}.", "`gonogo backup`, and again every day."
        )
    age_days = int((datetime.now(UTC).timestamp() - max(found)) // _DAY_S)
    if age_days >= _BACKUP_DAYS:
        return Finding("backups", "warning", f"The newest backup is {age_days} days old.", "`gonogo backup`.")
    return ok(
        "backups", f"The newest of {len(found)} is {age_days} days old." if age_days else "The newest is of today."
    )
