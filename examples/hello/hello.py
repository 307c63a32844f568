"""A very small service, so that there is something real to release: it greets people and counts them.

    python3 hello.py start|stop|version|count      run it, end it, ask it
    python3 hello.py get /health                   one request: status line, then body
    python3 hello.py measure 40                    times of 40 requests, in milliseconds, one a line
    python3 hello.py backup|restore FILE           copy the database out or back in

It listens on a free port of this machine (kept in build/port) and ends by itself after ten minutes.
"""

import contextlib
import http.client
import json
import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

VERSION = "1.1.0"
BUILD = Path("build")
DATABASE = BUILD / "hello.db"
PORT = BUILD / "port"
PID = BUILD / "pid"
LIFE_S = 600
PATIENCE_S = 10


def open_database(path=DATABASE):
    """The database, made when it is not there yet."""
    path.parent.mkdir(exist_ok=True)
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE IF NOT EXISTS greetings (name TEXT PRIMARY KEY, times INTEGER NOT NULL)")
    return connection


def greet(name):
    """Count one more greeting of ``name`` and say it."""
    with contextlib.closing(open_database()) as db, db:
        upsert = "INSERT INTO greetings VALUES (?, 1) ON CONFLICT (name) DO UPDATE SET times = times + 1"
        db.execute(upsert, (name,))
        (times,) = db.execute("SELECT times FROM greetings WHERE name = ?", (name,)).fetchone()
    return {"greeting": f"Hello, {name}!", "times": times}


def answer(path):
    """Status and body for a path."""
    url = urlsplit(path)
    if url.path == "/health":
        return 200, {"status": "ok", "version": VERSION, "database": "ok" if count() >= 0 else "down"}
    if url.path == "/greet":
        name = parse_qs(url.query).get("name", [""])[0].strip()
        return (200, greet(name)) if name else (400, {"error": "say who: /greet?name=Ada"})
    return 404, {"error": f"nothing at {url.path}"}


def count():
    """How many different people were greeted."""
    with contextlib.closing(open_database()) as db:
        return db.execute("SELECT COUNT(*) FROM greetings").fetchone()[0]


class Handler(BaseHTTPRequestHandler):
    """One request."""

    def do_GET(self):
        status, body = answer(self.path)
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


def serve():
    """Answer requests until told to stop, or for ten minutes."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    PORT.write_text(str(server.server_port))
    threading.Timer(LIFE_S, server.shutdown).start()
    server.serve_forever()
    os._exit(0)


def start():
    """Start the service in the background and wait until it answers."""
    open_database().close()
    PORT.unlink(missing_ok=True)
    with (BUILD / "hello.log").open("a") as log:
        command = [sys.executable, __file__, "serve"]
        process = subprocess.Popen(command, stdout=log, stderr=log, stdin=subprocess.DEVNULL, start_new_session=True)
    PID.write_text(str(process.pid))
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError, ValueError):
            get("/health")
            print(f"hello {VERSION} listens on port {PORT.read_text()}")
            return
        time.sleep(0.02)
    sys.exit("hello did not answer in time; build/hello.log says why")


def stop():
    """End the service if it runs."""
    with contextlib.suppress(OSError, ValueError):
        os.kill(int(PID.read_text()), signal.SIGTERM)
    PID.unlink(missing_ok=True)
    print("stopped")


def get(path):
    """Status, reason and body of one request."""
    connection = http.client.HTTPConnection("127.0.0.1", int(PORT.read_text()), timeout=5)
    connection.request("GET", path)
    response = connection.getresponse()
    return response.status, response.reason, response.read().decode()


def show(path):
    """Print one answer as it came."""
    status, reason, body = get(path)
    print(f"HTTP/1.1 {status} {reason}\n\n{body}")


def measure(times):
    """Print how long each of some requests took."""
    for _ in range(int(times)):
        started = time.perf_counter()
        get("/health")
        print(f"{(time.perf_counter() - started) * 1000:.2f}")


def copy(source, target):
    """Copy a database by SQLite's own backup, and check the copy."""
    with contextlib.closing(open_database(Path(source))) as old, contextlib.closing(sqlite3.connect(target)) as new:
        old.backup(new)
        print(new.execute("PRAGMA integrity_check").fetchone()[0])


COMMANDS = {
    "serve": serve,
    "start": start,
    "stop": stop,
    "get": show,
    "measure": measure,
    "version": lambda: print(VERSION),
    "count": lambda: print(count()),
    "backup": lambda path: copy(DATABASE, path),
    "restore": lambda path: copy(path, DATABASE),
}

if __name__ == "__main__":
    if len(sys.argv) < 2 or sys.argv[1] not in COMMANDS:
        sys.exit(__doc__)
    COMMANDS[sys.argv[1]](*sys.argv[2:])
