"""Writers that go on in a process of their own while something is copied."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SQLITE = """
import sqlite3, sys, time
database = sqlite3.connect(sys.argv[1], isolation_level=None)
database.execute("PRAGMA journal_mode=WAL")
database.execute("PRAGMA synchronous=OFF")
database.execute("CREATE TABLE IF NOT EXISTS orders (id INTEGER PRIMARY KEY, amount INTEGER)")
database.execute("CREATE TABLE IF NOT EXISTS totals (id INTEGER PRIMARY KEY CHECK (id = 1), amount INTEGER)")
database.execute("INSERT OR IGNORE INTO totals VALUES (1, 0)")
print("ready", flush=True)
began, count = time.monotonic(), 0
while True:
    database.execute("BEGIN IMMEDIATE")
    database.execute("INSERT INTO orders (amount) VALUES (?)", (count % 7,))
    database.execute("UPDATE totals SET amount = amount + ?", (count % 7,))
    database.execute("COMMIT")
    count += 1
    if count % 100 == 0:
        print(count / (time.monotonic() - began), flush=True)
    time.sleep(max(0.0, began + count / 520 - time.monotonic()))
"""

POSTGRES = """
import psycopg, sys
with psycopg.connect(sys.argv[1], autocommit=True) as database:
    print("ready", flush=True)
    for count in range(10_000_000):
        with database.transaction():
            database.execute("INSERT INTO orders (amount) VALUES (%s)", (count % 7,))
            database.execute("UPDATE totals SET amount = amount + %s", (count % 7,))
        if count % 100 == 99:
            print(count, flush=True)
"""


class Writer:
    """A program that writes until it is killed."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def read_line(self) -> str:
        """The next thing it says."""
        assert self._process.stdout is not None
        return self._process.stdout.readline().strip()


@contextmanager
def keep_writing(program: str, target: Path | str) -> Iterator[Writer]:
    """The writer, from when it has begun; ``orders`` always add up to ``totals``, at every consistent moment."""
    command = [sys.executable, "-c", program, str(target)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        writer = Writer(process)
        assert writer.read_line() == "ready"
        yield writer
        assert process.poll() is None, "the writer ended by itself"
    finally:
        process.kill()
        process.communicate()
