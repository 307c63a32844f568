"""Server, worker and webhook deliverer on a Redis that goes away under load, comes back empty, and what that costs.

``python -m tests.journeys.outage [SECONDS]`` prints the figures; ``test_outage.py`` holds their bounds.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from subprocess import Popen

import httpx
import msgspec
import psutil

from tests.journeys.processes import Machine, wait_until
from tests.servers import RedisServer

PAUSE_S = 0.01


class Figures(msgspec.Struct):
    """What clients and the machine saw while Redis was away. ``slowest_ms`` is by kind of request."""

    answers: dict[str, dict[int, int]] = {}
    slowest_ms: dict[str, float] = {}
    has_retry_after: bool = True
    memory_before: int = 0
    memory_after: int = 0
    sockets_before: int = 0
    sockets_after: int = 0
    accepted: int = 0
    done: int = 0
    resumed_s: float = 0.0


class Outage:
    """The three processes, one client, and the ids of all that was accepted."""

    def __init__(self, machine: Machine, redis: RedisServer) -> None:
        self._machine, self._redis = machine, redis
        self._accepted: list[str] = []
        self._figures = Figures()

    @contextmanager
    def run_processes(self) -> Iterator[list[Popen[str]]]:
        """Server, worker, deliverer."""
        self._machine.write("gonogo.toml", f'jobs_concurrency = 0\njobs_url = "{self._redis.url}"\n')
        self._machine.write(
            "noops.py", "from gonogo.client.jobs import job\n\n\n@job('noop')\ndef noop() -> None: ...\n"
        )
        with (
            self._machine.serve() as server,
            self._machine.start("worker", "--connectors", "python", "--modules", "noops") as worker,
            self._machine.start("webhooks", "deliver") as deliverer,
        ):
            yield [server, worker, deliverer]

    def run(self, seconds: float) -> Figures:
        """Work, lose Redis for ``seconds`` while clients go on, get an empty one, work off what was accepted."""
        figures = self._figures
        with self.run_processes() as processes, self._connect() as client:
            for _ in range(20):
                self._ask_all(client)
            wait_until(lambda: self._count_done(client) == len(self._accepted), "the first jobs are done")
            self._redis.kill()
            self._ask_for(client, min(5.0, seconds / 2))
            figures.memory_before, figures.sockets_before = measure(processes)
            figures.answers.clear()
            figures.slowest_ms.clear()
            self._ask_for(client, seconds)
            figures.memory_after, figures.sockets_after = measure(processes)
            self._redis.start()
            back, waiting = time.monotonic(), self._accepted[-1]
            wait_until(lambda: self._is_done(client, waiting), "work goes on")
            figures.resumed_s = time.monotonic() - back
            wait_until(lambda: self._count_done(client) == len(self._accepted), "all that was accepted is done")
            figures.accepted, figures.done = len(self._accepted), self._count_done(client)
        return figures

    def _ask_for(self, client: httpx.Client, seconds: float) -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self._ask_all(client)
            time.sleep(PAUSE_S)

    def _ask_all(self, client: httpx.Client) -> None:
        answer = self._ask(client, "POST", "/api/jobs", json={"type": "noop"})
        if answer.is_success:
            self._accepted.append(answer.json()["data"]["id"])
        self._ask(client, "GET", "/api/jobs")
        self._ask(client, "GET", "/api/workers")
        self._ask(client, "GET", "/api/settings")

    def _ask(self, client: httpx.Client, method: str, path: str, **details: object) -> httpx.Response:
        begun = time.perf_counter()
        answer = client.request(method, path, **details)  # type: ignore[arg-type]
        taken, kind, figures = 1000 * (time.perf_counter() - begun), f"{method} {path}", self._figures
        figures.slowest_ms[kind] = max(figures.slowest_ms.get(kind, 0.0), taken)
        counted = figures.answers.setdefault(kind, {})
        counted[answer.status_code] = counted.get(answer.status_code, 0) + 1
        figures.has_retry_after &= answer.status_code != 503 or "Retry-After" in answer.headers
        return answer

    def _connect(self) -> httpx.Client:
        server = msgspec.json.decode((self._machine.home / "server.json").read_bytes())
        key = (self._machine.home / "local.key").read_text().strip()
        return httpx.Client(base_url=server["url"], headers={"Authorization": f"Bearer {key}"}, timeout=30)

    def _is_done(self, client: httpx.Client, id: str) -> bool:
        return bool(client.get(f"/api/jobs/{id}").json()["data"]["state"] == "done")

    def _count_done(self, client: httpx.Client) -> int:
        return sum(self._is_done(client, accepted) for accepted in self._accepted)


def measure(processes: list[Popen[str]]) -> tuple[int, int]:
    """Resident bytes and sockets of all of them."""
    watched = [psutil.Process(process.pid) for process in processes]
    return sum(one.memory_info().rss for one in watched), sum(len(one.net_connections()) for one in watched)


def main(seconds: float) -> None:
    redis = RedisServer()
    redis.start()
    with tempfile.TemporaryDirectory() as folder:
        figures = Outage(Machine(Path(folder), Path(folder) / "home"), redis).run(seconds)
    redis.stop()
    sys.stdout.write(msgspec.json.format(msgspec.json.encode(figures)).decode() + "\n")


if __name__ == "__main__":
    main(float(sys.argv[1]) if len(sys.argv) > 1 else 20.0)
