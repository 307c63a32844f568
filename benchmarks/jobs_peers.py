"""The queue beside its peers on the same Redis and Postgres: no-op jobs a second by one worker process with 100 hands,
and how soon an idle worker starts a job that another process sends.

``python benchmarks/jobs_peers.py [JOBS]``. The peers are installed, in pinned versions, into a folder of their own
(uv and npm must reach their registries), kept for the next run. Jobs are sent before the worker starts; the time is
from the first no-op to the last. SQLite hears of other processes' jobs by polling, so its idle start within one
process is the one that ``jobs_sqlite.py`` measures.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

import psycopg

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent))

from tests.servers import PostgresServer, RedisServer  # noqa: E402

STARTS = 200
SETTLE_S = 2.0
PEERS = Path(tempfile.gettempdir()) / "gonogo-peers-1"
PINS = {
    "saq": ("saq[redis,postgres]==0.26.4", "redis==7.4.1", "hiredis==3.5.0", "uvloop==0.23.0"),
    "taskiq": ("taskiq==0.13.0", "taskiq-redis==1.2.4", "redis==8.1.0", "hiredis==3.5.0", "uvloop==0.23.0"),
    "arq": ("arq==0.28.0", "redis==5.3.1", "hiredis==3.5.0", "uvloop==0.23.0"),
    "celery": ("celery[redis]==5.7.0", "hiredis==3.5.0"),
    "procrastinate": ("procrastinate==3.10.0", "psycopg[binary]==3.3.9", "uvloop==0.23.0"),
}
BULLMQ = ("bullmq@6.7.0", "ioredis@6.0.0")


class Contender(NamedTuple):
    """``words`` run it; mode and count come after them, then ``more``."""

    name: str
    words: list[str]
    more: list[str]


class Figures(NamedTuple):
    per_s: float
    p50_ms: float
    p95_ms: float


def install() -> None:
    """Make the peers' folder, if it is not there from before."""
    for name, pins in PINS.items():
        if not (PEERS / name / "bin").exists():
            subprocess.run(["uv", "venv", "-q", "--python", sys.executable, str(PEERS / name)], check=True)
            python = str(PEERS / name / "bin" / "python")
            subprocess.run(["uv", "pip", "install", "-q", "--python", python, *pins], check=True)
    if not (PEERS / "bullmq" / "node_modules").exists():
        (PEERS / "bullmq").mkdir(parents=True, exist_ok=True)
        subprocess.run(["npm", "install", "--silent", "--prefix", str(PEERS / "bullmq"), *BULLMQ], check=True)


def list_contenders(redis: str, postgres: str) -> list[Contender]:
    """Everybody, with addresses of their own on the same servers."""

    def ours(name: str, url: str, ledger: str = "none") -> Contender:
        words = [sys.executable, str(HERE / "peers" / "with_gonogo.py"), url]
        return Contender(f"gonogo, {name}", words, [tempfile.mkdtemp(prefix="gonogo-bench-"), ledger])

    def peer(name: str, url: str, venv: str = "") -> Contender:
        python = str(PEERS / (venv or name) / "bin" / "python")
        return Contender(name, [python, str(HERE / "peers" / f"with_{venv or name}.py"), url], [])

    script = PEERS / "bullmq" / "with_bullmq.mjs"
    script.write_text((HERE / "peers" / "with_bullmq.mjs").read_text())
    return [
        ours("Redis", f"{redis}/0"),
        peer("saq", f"{redis}/1"),
        peer("taskiq", f"{redis}/2"),
        peer("arq", f"{redis}/3"),
        peer("celery", f"{redis}/4"),
        Contender("bullmq", ["node", str(script), f"{redis}/0"], []),
        ours("Postgres", postgres),
        peer("saq on Postgres", postgres, "saq"),
        peer("procrastinate", postgres),
        ours("SQLite", "sqlite"),
        ours("Redis over SQLite", f"{redis}/5", "here"),
        ours("Redis over Postgres", f"{redis}/6", make_database(postgres, "ledger")),
    ]


def make_database(url: str, name: str) -> str:
    """The address of a new database on the same server."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
    return f"{url.rpartition('/')[0]}/{name}"


def measure(contender: Contender, jobs: int) -> Figures:
    """Fill and work off, then send to an idle worker."""
    _run(contender, "fill", jobs)
    done = _read(_start(contender, "work", jobs))
    worker = _start(contender, "work", STARTS)
    time.sleep(SETTLE_S)
    _run(contender, "send", STARTS)
    waits = sorted(1000 * wait for wait in _read(worker)["waits"])
    return Figures(jobs / done["seconds"], statistics.median(waits), waits[int(len(waits) * 0.95)])


def _start(contender: Contender, mode: str, count: int) -> subprocess.Popen[str]:
    words = [*contender.words, mode, str(count), *contender.more]
    return subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)


def _run(contender: Contender, mode: str, count: int) -> None:
    words = [*contender.words, mode, str(count), *contender.more]
    subprocess.run(words, check=True, stdout=subprocess.DEVNULL, timeout=600)


def _read(worker: subprocess.Popen[str]) -> dict:  # type: ignore[type-arg]
    said, _ = worker.communicate(timeout=600)
    (told,) = (line for line in said.splitlines() if line.startswith('{"seconds"'))  # Celery says more
    return json.loads(told)  # type: ignore[no-any-return]


def compare(found: dict[str, Figures], ours: str, peers: tuple[str, ...], times: float) -> None:
    """Ours beside the best of some peers."""
    best = max(peers, key=lambda name: found[name].per_s)
    ratio = found[ours].per_s / found[best].per_s
    print(f"{ours}: {ratio:.1f} times {best} (goal {times:g})")


def main(jobs: int) -> None:
    install()
    redis, postgres = RedisServer(), PostgresServer(durable=True)
    redis.start()
    postgres.start()
    found = {}
    try:
        for contender in list_contenders(redis.url.rpartition("/")[0], postgres.url):
            figures = found[contender.name] = measure(contender, jobs)
            told = (
                f"{figures.per_s:8.0f} jobs/s   idle start p50 {figures.p50_ms:7.2f} ms, p95 {figures.p95_ms:7.2f} ms"
            )
            print(f"{contender.name:30}{told}", flush=True)
    finally:
        redis.stop()
        postgres.stop()
    compare(found, "gonogo, Redis", ("saq", "taskiq", "arq", "celery"), 3)
    compare(found, "gonogo, Redis", ("bullmq",), 1)
    compare(found, "gonogo, Postgres", ("saq on Postgres", "procrastinate"), 2)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)
