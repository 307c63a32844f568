"""kill -9 in the middle of writing: whatever was acknowledged is there afterwards."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

from gonogo.kernel.audit import store
from gonogo.kernel.audit.verify import ChainVerifier, Trust
from gonogo.kernel.clock import SystemClock
from gonogo.kernel.db.database import Tx
from gonogo.kernel.db.migrate import migrate_database
from gonogo.kernel.db.sqlite import open_engine

WRITER = """
import asyncio, sys
from functools import partial
from pathlib import Path
from gonogo.kernel.auth.actor import SYSTEM
from gonogo.kernel.clock import SystemClock
from gonogo.kernel.db.sqlite import SqliteDatabase
from gonogo.kernel.events.bus import Bus

async def write_for_ever(db, lane):
    number = 0
    while True:
        subject = f"{lane}-{number}"
        await db.write(lambda tx: tx.emit("thing.done", subject, {}, SYSTEM))
        print(subject, flush=True)
        number += 1

async def main():
    clock = SystemClock()
    db = SqliteDatabase(Path(sys.argv[1]), clock, Bus(clock))
    await asyncio.gather(*(write_for_ever(db, lane) for lane in range(20)))

asyncio.run(main())
"""
ACKNOWLEDGED = 300


def verify_chain(path: Path) -> str:
    """What is wrong with the chain of the event log."""
    engine = open_engine(path, read_only=True)
    with engine.connect() as connection, connection.begin():
        tx = Tx(connection, SystemClock())
        verifier = ChainVerifier(Trust(""))
        for entry in store.iterate_entries(tx):
            verifier.feed(entry)
        proof = verifier.finish(store.find_head(tx))
    engine.dispose()
    return " ".join(proof.faults)


def test_every_acknowledged_write_survives_kill_9(tmp_path: Path) -> None:
    path = tmp_path / "gonogo.db"
    migrate_database(path)
    with subprocess.Popen([sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout is not None
        told = [writer.stdout.readline() for _ in range(ACKNOWLEDGED)]
        writer.kill()
        told += writer.stdout.readlines()
    acknowledged = {line.strip() for line in told if line.endswith("\n")}
    assert len(acknowledged) >= ACKNOWLEDGED
    with closing(sqlite3.connect(path)) as after:
        assert verify_chain(path) == ""
        stored = {subject for (subject,) in after.execute("SELECT subject FROM event_log")}
        assert after.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert acknowledged <= stored
