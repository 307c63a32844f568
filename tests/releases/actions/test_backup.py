"""Backups: consistent under writes, proved by their manifest, the newest kept, put back whole."""

from __future__ import annotations

import json
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from gonogo.kernel.errors import BadInput
from gonogo.releases.actions.backup.errors import BackupDamaged, BackupNotFound, SourceUnusable
from tests.fake_clock import FakeClock
from tests.releases.actions.stage import Stage
from tests.releases.actions.writing import SQLITE, keep_writing


def ask(path: Path, statement: str) -> Any:
    with closing(sqlite3.connect(path)) as database:
        return database.execute(statement).fetchone()[0]


def make_database(path: Path, rows: int = 3) -> None:
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("CREATE TABLE orders (id INTEGER PRIMARY KEY, amount INTEGER)")
        database.executemany("INSERT INTO orders (amount) VALUES (?)", [(n,) for n in range(rows)])


def find_copies(stage: Stage) -> list[Path]:
    return sorted(path.parent for path in (stage.folder / "backups").glob("*/*/manifest.json"))


async def test_a_database_is_copied_at_one_moment_while_it_is_written_500_times_a_second(stage: Stage) -> None:
    path = stage.folder / "shop.db"
    with keep_writing(SQLITE, path) as writer:
        rates = [float(writer.read_line()) for _ in range(3)]
        for _ in range(3):
            assert (await stage.perform("backup", sqlite="shop.db")).passed
        rates += [float(writer.read_line()) for _ in range(3)]
    assert rates[-1] > 0
    for copy in find_copies(stage):
        saved = copy / "sqlite" / "0" / "shop.db"
        assert ask(saved, "PRAGMA integrity_check") == "ok"
        assert ask(saved, "SELECT sum(amount) FROM orders") == ask(saved, "SELECT amount FROM totals")
        assert ask(saved, "SELECT count(*) FROM orders") > 200
        manifest = json.loads((copy / "manifest.json").read_bytes())
        assert manifest["parts"][0]["facts"]["journal_mode"] == "wal"


async def test_what_is_only_in_the_write_ahead_log_is_copied(stage: Stage) -> None:
    path = stage.folder / "shop.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as database:
        database.execute("PRAGMA journal_mode=WAL")
        database.execute("PRAGMA wal_autocheckpoint=0")
        database.execute("CREATE TABLE orders (id INTEGER PRIMARY KEY)")
        database.execute("INSERT INTO orders VALUES (1)")
        assert path.stat().st_size < path.with_name("shop.db-wal").stat().st_size
        assert (await stage.perform("backup", sqlite="shop.db")).passed
    [copy] = find_copies(stage)
    assert ask(copy / "sqlite" / "0" / "shop.db", "SELECT count(*) FROM orders") == 1


async def test_a_restore_brings_back_what_was_there(stage: Stage) -> None:
    path = stage.folder / "shop.db"
    make_database(path)
    (stage.folder / ".env").write_text("MODE=old\n")
    (stage.folder / ".env").chmod(0o640)
    taken = await stage.perform("backup", sqlite="shop.db", files=".env")
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("DELETE FROM orders")
    (stage.folder / ".env").write_text("MODE=new\n")

    restored = await stage.perform("restore", id=taken.values["id"])

    assert restored.passed
    assert ask(path, "SELECT count(*) FROM orders") == 3
    assert (stage.folder / ".env").read_text() == "MODE=old\n"
    assert (stage.folder / ".env").stat().st_mode & 0o777 == 0o640
    assert "manifest and 2 copies are as written" in stage.said
    assert "whole before and after" in stage.said


async def test_a_reader_that_has_the_database_open_sees_what_was_restored(stage: Stage) -> None:
    path = stage.folder / "shop.db"
    make_database(path)
    await stage.perform("backup", sqlite="shop.db")
    with closing(sqlite3.connect(path, isolation_level=None)) as database:
        database.execute("DELETE FROM orders")
        assert (await stage.perform("restore")).passed
        assert database.execute("SELECT count(*) FROM orders").fetchone() == (3,)


async def test_a_damaged_database_is_put_aside_before_the_copy_takes_its_place(stage: Stage) -> None:
    path = stage.folder / "shop.db"
    make_database(path)
    await stage.perform("backup", sqlite="shop.db")
    path.write_bytes(b"this is no database at all, and it is long enough to tell" * 20)
    assert (await stage.perform("restore")).passed
    assert ask(path, "SELECT count(*) FROM orders") == 3
    assert path.with_name("shop.db.damaged").exists()


@pytest.mark.parametrize("damage", ["flip", "cut", "remove"])
async def test_a_damaged_copy_is_refused_and_nothing_is_touched(stage: Stage, damage: str) -> None:
    path = stage.folder / "shop.db"
    make_database(path)
    await stage.perform("backup", sqlite="shop.db")
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("DELETE FROM orders")
    [copy] = find_copies(stage)
    saved = copy / "sqlite" / "0" / "shop.db"
    if damage == "remove":
        saved.unlink()
    else:
        data = bytearray(saved.read_bytes())
        data[len(data) // 2] ^= 1
        saved.write_bytes(data if damage == "flip" else data[:-1])
    with pytest.raises(BackupDamaged, match=r"Nothing was restored|nothing was restored"):
        await stage.perform("restore")
    assert ask(path, "SELECT count(*) FROM orders") == 0


async def test_a_manifest_that_was_changed_is_refused(stage: Stage) -> None:
    make_database(stage.folder / "shop.db")
    await stage.perform("backup", sqlite="shop.db")
    [copy] = find_copies(stage)
    manifest = copy / "manifest.json"
    manifest.write_text(manifest.read_text().replace('"size": ', '"size": 1'))
    with pytest.raises(BackupDamaged, match="its own hash does not hold"):
        await stage.perform("restore")


async def test_the_newest_three_are_kept_with_their_refs(stage: Stage, clock: FakeClock) -> None:
    make_database(stage.folder / "shop.db")
    make_repository(stage.folder)
    ids = []
    for _ in range(5):
        clock.advance(60)
        ids.append((await stage.perform("backup", sqlite="shop.db", git="branch", keep=3)).values["id"])
    assert [copy.name for copy in find_copies(stage)] == ids[2:]
    branches = git(stage.folder, "branch", "--list", "backup-*", "--format=%(refname:short)").split()
    assert branches == [f"backup-backup-{each}" for each in ids[2:]]


async def test_the_branch_holds_uncommitted_work_and_leaves_the_working_tree_alone(stage: Stage) -> None:
    make_repository(stage.folder)
    (stage.folder / "app.py").write_text("print(2)\n")
    (stage.folder / "new.py").write_text("print(3)\n")
    before = git(stage.folder, "status", "--porcelain")

    taken = await stage.perform("backup", git="branch")

    assert git(stage.folder, "status", "--porcelain", "--", "app.py", "new.py") == before
    kept = taken.values["commit"]
    assert git(stage.folder, "show", f"{kept}:app.py") == "print(2)"
    assert git(stage.folder, "show", f"{kept}:new.py") == "print(3)"
    (stage.folder / "app.py").write_text("broken\n")
    assert (await stage.perform("restore", parts="git")).passed
    assert (stage.folder / "app.py").read_text() == "print(2)\n"


async def test_the_machine_is_pictured(stage: Stage, api: Any) -> None:
    await stage.perform("backup", files=".", processes="yes")
    [copy] = find_copies(stage)
    picture = json.loads((copy / "machine" / "0" / "machine.json").read_bytes())
    port = int(api.url.rpartition(":")[2])
    assert port in {row["port"] for row in picture["ports"]}
    assert any("pytest" in row["command"] for row in picture["processes"])


async def test_without_sources_gonogo_itself_is_copied(stage: Stage) -> None:
    assert (await stage.perform("backup")).passed
    assert (await stage.perform("restore", parts="sqlite", into="own.db")).passed
    assert ask(stage.folder / "own.db", "SELECT count(*) FROM runs") == 0


async def test_what_can_t_be_copied_or_found_is_said(stage: Stage) -> None:
    with pytest.raises(SourceUnusable, match="There is no database"):
        await stage.perform("backup", sqlite="none.db")
    with pytest.raises(BackupNotFound):
        await stage.perform("restore")
    with pytest.raises(BadInput, match="There is no option 'kep'"):
        await stage.perform("backup", kep=3)
    assert find_copies(stage) == []


def make_repository(folder: Path) -> None:
    git(folder, "init", "-q")
    (folder / "app.py").write_text("print(1)\n")
    git(folder, "add", "app.py")
    git(folder, "-c", "user.name=a", "-c", "user.email=a@b.test", "commit", "-qm", "one")


def git(folder: Path, *arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=folder, capture_output=True, text=True, check=True)
    return done.stdout.strip()


async def test_its_own_database_is_not_replaced_under_a_running_gonogo(stage: Stage) -> None:
    taken = await stage.perform("backup")
    own = stage.kernel.config.database_path
    with pytest.raises(SourceUnusable, match="the database of this Gonogo, and in use"):
        await stage.perform("restore", id=taken.values["id"])
    with pytest.raises(SourceUnusable, match="stop Gonogo"):
        await stage.perform("restore", id=taken.values["id"], parts="sqlite", into=str(own))
    aside = await stage.perform("restore", id=taken.values["id"], parts="sqlite", into="aside.db")
    assert aside.passed
    assert ask(stage.folder / "aside.db", "SELECT count(*) FROM runs") == 0
