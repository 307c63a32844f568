"""Keys from before scopes: what each may do afterwards, and whose it is."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

from alembic import command
from alembic.config import Config as AlembicConfig

from gonogo import migrations
from gonogo.kernel.db.migrate import migrate_database
from gonogo.kernel.db.sqlite import open_engine

READING = ["settings:read", "flags:evaluate", "metrics:read"]
AT = "2026-03-02T12:00:00.000Z"


def make_old_database(path: Path) -> None:
    settings = AlembicConfig()
    settings.set_main_option("script_location", str(Path(migrations.__file__).parent))
    engine = open_engine(path)
    with engine.connect() as connection, connection.begin():
        settings.attributes["connection"] = connection
        command.upgrade(settings, "0016")
    engine.dispose()


def test_every_old_key_keeps_what_it_could_do_and_gets_an_owner(tmp_path: Path) -> None:
    path = tmp_path / "gonogo.db"
    make_old_database(path)
    with sqlite3.connect(path) as db:
        db.execute(
            "INSERT INTO users (id, email, name, password_hash, role, created_at) VALUES ('u1', 'a@b.test', 'A', 'x', "
            "'admin', ?)",
            (AT,),
        )
        for number, (role, by) in enumerate(
            [("admin", "a@b.test"), ("operator", "root@vm"), ("viewer", "root@vm"), ("approver", "Gonogo")]
        ):
            columns = "id, name, hint, token_hash, role, created_by, created_at"
            values = (f"k{number}", f"key {number}", "gnk_", f"hash {number}", role, by, AT)
            db.execute(f"INSERT INTO api_keys ({columns}) VALUES (?, ?, ?, ?, ?, ?, ?)", values)
    assert migrate_database(path)
    with sqlite3.connect(path) as db:
        rows = db.execute("SELECT scopes, bound, user_id, service_account_id FROM api_keys ORDER BY id").fetchall()
        accounts = dict(db.execute("SELECT id, name FROM service_accounts").fetchall())
        granted = db.execute("SELECT permissions FROM users").fetchall()
    admin, operator, viewer, approver = [(json.loads(s), json.loads(b), u, accounts.get(a)) for s, b, u, a in rows]
    assert admin == (["admin"], {}, "u1", None)
    assert viewer == (READING, {}, None, "root@vm")
    assert operator[1:] == ({"host": "*", "prefix": "*"}, None, "root@vm")
    assert approver == (*operator[:3], "Gonogo")
    assert set(READING) < set(operator[0])
    assert "admin" not in operator[0]
    assert len(operator[0]) == 11
    assert granted == [("[]",)]
