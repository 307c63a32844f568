"""The queue beside its peers on the same Redis and Postgres: how soon an idle worker starts a job that another process
sends, and no-op jobs a second by one worker process with 100 hands.

``python benchmarks/jobs_peers.py``, ten minutes at most on two cores. The peers are installed, in pinned versions, into
a folder of their own (uv and npm must reach their registries), kept for the next run. For the second figure jobs are
sent before the worker starts; it is counted from the first no-op for ``tally.SPAN_S`` seconds, or to the last one. A
contender has ``LIMIT_S`` for all of it; one that needs longer, or fails, is printed with the reason, and the next one
begins. SQLite hears of other processes' jobs by polling, so there the worker's own process sends to the idle worker.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, NamedTuple

import psycopg

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent))

from tests.servers import PostgresServer, RedisServer  # noqa: E402

STARTS = 200
SETTLE_S = 2.0
LIMIT_S, INSTALL_S = 45.0, 120.0
MANY, FEW = 20_000, 5_000
"""Jobs for those that do thousands a second, and for the others."""
PEERS = Path(tempfile.gettempdir()) / "gonogo-peers-2"
PINS = {
    "saq": ("saq[redis,postgres]==0.26.4", "redis==7.4.1", "hiredis==3.5.0", "uvloop==0.23.0"),
    "taskiq": ("taskiq==0.13.0", "taskiq-redis==1.2.4", "redis==8.1.0", "hiredis==3.5.0", "uvloop==0.23.0"),
    "arq": ("arq==0.28.0", "redis==5.3.1", "hiredis==3.5.0", "uvloop==0.23.0"),
    "celery": ("celery[redis]==5.7.0", "hiredis==3.5.0"),
    "procrastinate": ("procrastinate==3.10.0", "psycopg[binary]==3.3.9", "uvloop==0.23.0"),
    "bullmq": ("bullmq@6.7.0", "ioredis@6.0.0"),
}


class Contender(NamedTuple):
    """``words`` run it; mode and count come after them, then ``more``. ``peer`` is what must be installed."""

    name: str
    words: list[str]
    more: Sequence[str] = ()
    jobs: int = FEW
    peer: str = ""
    is_alone: bool = False


class Figures(NamedTuple):
    per_s: float
    p50_ms: float
    p99_ms: float


class Failed(Exception):
    """A contender has no figures; the message says why."""


def list_contenders(redis: str, postgres: str) -> list[Contender]:
    """Everybody, with addresses of their own on the same servers."""

    def ours(name: str, url: str, ledger: str = "none") -> Contender:
        words = [sys.executable, str(HERE / "peers" / "with_gonogo.py"), url]
        more = [tempfile.mkdtemp(prefix="gonogo-bench-"), ledger]
        return Contender(f"gonogo, {name}", words, more, MANY, is_alone=url == "sqlite")

    def theirs(name: str, url: str, peer: str = "") -> Contender:
        peer = peer or name
        words = [str(PEERS / peer / "bin" / "python"), str(HERE / "peers" / f"with_{peer}.py"), url]
        return Contender(name, words, peer=peer)

    return [
        ours("Redis", f"{redis}/0"),
        ours("Redis over SQLite", f"{redis}/1", "here"),
        ours("Redis over Postgres", f"{redis}/2", make_database(postgres, "ledger")),
        Contender("bullmq", ["node", str(PEERS / "bullmq" / "with_bullmq.mjs"), f"{redis}/3"], (), MANY, "bullmq"),
        theirs("saq", f"{redis}/4"),
        theirs("taskiq", f"{redis}/5"),
        theirs("arq", f"{redis}/6"),
        theirs("celery", f"{redis}/7"),
        ours("Postgres", make_database(postgres, "ours")),
        theirs("saq on Postgres", make_database(postgres, "saq"), "saq"),
        theirs("procrastinate", make_database(postgres, "procrastinate")),
        ours("SQLite", "sqlite"),
    ]


def make_database(url: str, name: str) -> str:
    """The address of a new database on the same server."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
    return f"{url.rpartition('/')[0]}/{name}"


def install(peer: str) -> None:
    """Make a peer's folder, if it is not there whole from before."""
    folder = PEERS / peer
    if not (folder / "whole").exists():
        shutil.rmtree(folder, ignore_errors=True)
        folder.parent.mkdir(exist_ok=True)
        if peer == "bullmq":
            folder.mkdir()
            _install_with(["npm", "install", "--silent", "--prefix", str(folder), *PINS[peer]])
        else:
            _install_with(["uv", "venv", "-q", "--python", sys.executable, str(folder)])
            _install_with(["uv", "pip", "install", "-q", "--python", str(folder / "bin" / "python"), *PINS[peer]])
        (folder / "whole").touch()
    if peer == "bullmq":
        shutil.copy(HERE / "peers" / "with_bullmq.mjs", folder)  # Node looks for packages beside the script


def _install_with(words: list[str]) -> None:
    try:
        subprocess.run(words, check=True, stdout=subprocess.DEVNULL, timeout=INSTALL_S)
    except (subprocess.SubprocessError, OSError) as error:
        raise Failed(f"not installed: {error}") from error


def measure(contender: Contender) -> Figures:
    """Send to an idle worker, then fill and work off. Raises ``Failed``."""
    if contender.peer:
        install(contender.peer)
    end = time.monotonic() + LIMIT_S
    waits = sorted(1000 * wait for wait in _send_idle(contender, end)["waits"])
    with _start(contender, "fill", contender.jobs) as filling:
        _await_end(filling, "fill", end)
    with _start(contender, "work", contender.jobs) as working:
        done = _read(working, "work", end)
    return Figures(done["count"] / done["seconds"], waits[len(waits) // 2], waits[int(len(waits) * 0.99)])


def _send_idle(contender: Contender, end: float) -> dict[str, Any]:
    if contender.is_alone:
        with _start(contender, "alone", STARTS) as worker:
            return _read(worker, "alone", end)
    with _start(contender, "fill", 0) as preparing:
        _await_end(preparing, "prepare", end)
    with _start(contender, "work", STARTS) as worker:
        time.sleep(SETTLE_S)
        with _start(contender, "send", STARTS) as sending:
            _await_end(sending, "send", end)
        return _read(worker, "start from idle", end)


class Running(NamedTuple):
    process: subprocess.Popen[str]
    said: IO[str]
    complaints: IO[str]


@contextmanager
def _start(contender: Contender, mode: str, count: int) -> Iterator[Running]:
    words = [*contender.words, mode, str(count), *contender.more]
    with tempfile.TemporaryFile("w+") as said, tempfile.TemporaryFile("w+") as complaints:
        process = subprocess.Popen(words, stdout=said, stderr=complaints, text=True, start_new_session=True)
        try:
            yield Running(process, said, complaints)
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()


def _await_end(running: Running, mode: str, end: float) -> None:
    try:
        code = running.process.wait(max(0.0, end - time.monotonic()))
    except subprocess.TimeoutExpired:
        raise Failed(f"its {LIMIT_S:.0f} s were over while it was to {mode}") from None
    if code:
        running.complaints.seek(0)
        last = running.complaints.read().strip().rpartition("\n")[2]
        raise Failed(f"it failed to {mode}, exit {code}: {last}")


def _read(worker: Running, mode: str, end: float) -> dict[str, Any]:
    _await_end(worker, mode, end)
    worker.said.seek(0)
    for line in worker.said:  # Celery says more
        if line.startswith('{"seconds"'):
            return json.loads(line)  # type: ignore[no-any-return]
    raise Failed(f"it was to {mode}, and said nothing")


def compare(found: dict[str, Figures], ours: str, peers: tuple[str, ...], times: float) -> None:
    """Ours beside the best of some peers."""
    there = [name for name in peers if name in found]
    if ours not in found or not there:
        print(f"{ours}: nothing to compare with {', '.join(peers)}")
        return
    best = max(there, key=lambda name: found[name].per_s)
    ratio = found[ours].per_s / found[best].per_s
    print(f"{ours}: {ratio:.1f} times {best} (goal {times:g}), of {', '.join(there)}")


def print_ratios(found: dict[str, Figures]) -> None:
    """What the figures were taken for."""
    redis, postgres = ("saq", "taskiq", "arq", "celery"), ("saq on Postgres", "procrastinate")
    for name in ("gonogo, Redis", "gonogo, Redis over Postgres", "gonogo, Redis over SQLite"):
        compare(found, name, redis, 3)
        compare(found, name, ("bullmq",), 1)
    compare(found, "gonogo, Postgres", postgres, 2)
    if "gonogo, SQLite" in found:
        print(f"gonogo, SQLite: {found['gonogo, SQLite'].per_s / 5000:.1f} times 5000 jobs/s (goal 1)")


def main() -> None:
    begun = time.monotonic()
    redis, postgres = RedisServer(), PostgresServer(durable=True)
    redis.start()
    postgres.start()
    found: dict[str, Figures] = {}
    try:
        for contender in list_contenders(redis.url.rpartition("/")[0], postgres.url):
            try:
                figures = found[contender.name] = measure(contender)
            except Failed as failure:
                print(f"{contender.name:28} no figures: {failure}", flush=True)
                continue
            idle = f"idle start p50 {figures.p50_ms:7.2f} ms, p99 {figures.p99_ms:7.2f} ms"
            print(f"{contender.name:28}{figures.per_s:8.0f} jobs/s   {idle}", flush=True)
    finally:
        redis.stop()
        postgres.stop()
    print_ratios(found)
    print(f"{time.monotonic() - begun:.0f} s in all; load now {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")


if __name__ == "__main__":
    main()
