"""``gonogo audit``: 0 when it is proved, 1 when it is not."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from gonogo.kernel.db.migrate import migrate_database
from tests.cli.conftest import Call


def test_the_log_and_its_export_are_verified(call: Call, tmp_path: Path) -> None:
    (tmp_path / ".gonogo").mkdir(mode=0o700)
    migrate_database(tmp_path / ".gonogo" / "gonogo.db")
    done = call("audit", "verify")
    assert (done.code, "entries are as written" in done.out or "1 entry is as written" in done.out) == (0, True), done
    assert call("audit", "export", "--output", "all.jsonl").code == 0
    (tmp_path / "audit.pem").write_text(call("audit", "key").out)
    offline = call("audit", "verify", "all.jsonl", "--key", "audit.pem")
    assert (offline.code, "proved by the key" in offline.out) == (0, True)
    assert "came with the file" in call("audit", "verify", "all.jsonl").out
    listed = call("audit", "list", "--name", "audit.exported").out
    assert "127.0.0.1" in listed
    with closing(sqlite3.connect(tmp_path / ".gonogo" / "gonogo.db")) as other:
        other.execute("UPDATE event_log SET actor_name = 'somebody else' WHERE seq = 1")
        other.commit()
    broken = call("audit", "verify")
    assert broken.code == 1
    assert "BROKEN" in broken.out
    assert "Entry 1 was edited." in broken.out


def test_a_file_that_is_no_export(call: Call, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("hello\n")
    done = call("audit", "verify", "notes.txt")
    assert done.code not in (0, 1)
    assert "not an export of the audit log" in done.err
    assert "can't be read" in call("audit", "verify", "nothing.jsonl").err + call("audit", "verify", "n.jsonl").err
