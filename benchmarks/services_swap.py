"""Ten swaps and ten rollbacks in a row under full load, by every driver: failed requests, and how long moving took.

A failed request is a refused or reset connection, a timeout, or a status other than 2xx. Two loads, each from processes
of its own: ``wrk`` with a connection for every request, as fast as it goes; and POST requests over kept connections,
which no client may send a second time. Every move waits until the version before it has drained and ended.

    python benchmarks/services_swap.py [--drivers socket,caddy] [--moves 10] [--kept]
"""

from __future__ import annotations

import argparse
import asyncio
import json
import re
import shutil
import signal
import statistics
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from _services import find_port

from gonogo.kernel.auth.actor import SYSTEM
from gonogo.kernel.clock import SystemClock
from gonogo.kernel.config import Config
from gonogo.kernel.kernel import Kernel
from gonogo.services.commands.starting import stop_services
from gonogo.services.commands.swapping import roll_back, swap_service
from gonogo.services.keepers import Keepers
from gonogo.services.room import ROOM
from gonogo.services.schemas import Swap, SwapRequest
from gonogo.services.state import KeeperState

DRIVERS = ("socket", "reuseport", "caddy", "nginx", "haproxy")
HERE = Path(__file__).parent
WORDS = {"socket": "{fd}", "reuseport": "shared:{port}"}
RATE, CONNECTIONS = 400, 32


@asynccontextmanager
async def run_service(driver: str, port: int) -> AsyncIterator[Kernel]:
    """One service with two processes of a uvicorn application behind ``driver``."""
    words = [sys.executable, str(HERE / "_services.py"), WORDS.get(driver, "port:{port}")]
    table = {"command": words, "listen": f"127.0.0.1:{port}", "driver": driver, "replicas": 2, "drain": "30s"}
    table["health"] = {"path": "/", "every": "1s"}
    with tempfile.TemporaryDirectory() as folder:
        config = Config(
            home=folder, port=0, admin_password="correct horse battery", tables={"services": {"web": table}}
        )
        async with Kernel(config, (ROOM,), SystemClock()) as kernel:
            await await_settled(kernel)
            try:
                yield kernel
            finally:
                await stop_services(kernel, SYSTEM, ["web"])


async def await_settled(kernel: Kernel) -> None:
    """Wait until nothing but the active version runs, all of it ready."""

    def is_settled(state: KeeperState | None) -> bool:
        roles = {each.role for each in state.instances} if state else set()
        return state is not None and state.is_ready and roles <= {"active", "proxy"} and state.ready_count == 2

    while not is_settled(kernel.get_part(Keepers).find_state("web")):  # noqa: ASYNC110
        await asyncio.sleep(0.02)


class Wrk:
    """``wrk`` with a connection for every request."""

    name = "a connection each"

    async def start(self, port: int) -> None:
        words = ("wrk", "-t2", f"-c{CONNECTIONS}", "-d900", "--timeout", "10s", "-H", "Connection: close")
        self._process = await asyncio.create_subprocess_exec(
            *words, f"http://127.0.0.1:{port}/", stdout=asyncio.subprocess.PIPE
        )

    async def stop(self) -> tuple[int, int]:
        """Requests and those that failed."""
        self._process.send_signal(signal.SIGINT)
        output = (await self._process.communicate())[0].decode()
        sent = re.search(r"(\d+) requests in", output)
        broken = sum(int(number) for number in re.findall(r"(?:connect|read|write|timeout) (\d+)", output))
        for line in re.findall(r"(?:Socket errors|Non-2xx).*", output):
            print(f"    {line}")
        refused = sum(int(number) for number in re.findall(r"Non-2xx or 3xx responses: (\d+)", output))
        return int(sent[1]) if sent else 0, broken + refused


class Kept:
    """POST requests at a fixed rate over kept connections, open loop: nothing is sent twice."""

    name = "kept connections"

    async def start(self, port: int) -> None:
        self._process = await asyncio.create_subprocess_exec(
            sys.executable, str(HERE / "_services.py"), f"load:{port}:{RATE}", stdout=asyncio.subprocess.PIPE
        )

    async def stop(self) -> tuple[int, int]:
        """Requests and those that failed."""
        self._process.terminate()
        told = json.loads((await self._process.communicate())[0])
        if told["failed"]:
            print(f"    {told['errors']}")
        return told["sent"], told["failed"]


async def measure(driver: str, moves: int, load: Any) -> tuple[int, int]:
    """Requests and failures of ``moves`` swaps and as many rollbacks."""
    port, done = find_port(), []
    async with run_service(driver, port) as kernel:
        await load.start(port)
        await asyncio.sleep(1)
        for _ in range(moves):
            for move in (
                lambda: swap_service(kernel, SYSTEM, "web", SwapRequest()),
                lambda: roll_back(kernel, SYSTEM, "web"),
            ):
                done.append(await move())
                await await_settled(kernel)
        sent, failed = await load.stop()
    assert all(swap.status == "done" for swap in done), [swap.why for swap in done if swap.why]
    tell(driver, load.name, done, sent, failed)
    return sent, failed


def tell(driver: str, name: str, done: list[Swap], sent: int, failed: int) -> None:
    """One line of figures."""
    ready = [swap.ready_s or 0.0 for swap in done]
    moving = [(swap.duration_s or 0.0) - (swap.ready_s or 0.0) for swap in done]
    print(
        f"{driver:10} {name:18} {len(done):3} moves  {sent:7} requests  {failed:4} failed   "
        f"ready after {statistics.median(ready):.2f} s, moved {statistics.median(moving) * 1000:.0f} ms later "
        f"(worst {max(moving) * 1000:.0f} ms)",
        flush=True,
    )


async def main() -> int:
    """Every driver that this machine can run, one after the other."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--drivers", default=",".join(DRIVERS))
    parser.add_argument("--moves", type=int, default=10)
    parser.add_argument("--kept", action="store_true", help="kept connections, too")
    asked = parser.parse_args()
    total = lost = 0
    for driver in asked.drivers.split(","):
        if driver in ("nginx", "haproxy") and not shutil.which(driver, path="/usr/sbin:/usr/bin:/usr/local/sbin"):
            print(f"{driver:10} is not installed here")
            continue
        for load in (Wrk(), *((Kept(),) if asked.kept else ())):
            sent, failed = await measure(driver, asked.moves, load)
            total, lost = total + sent, lost + failed
    print(f"{'all':10} {total} requests, {lost} failed")
    return 1 if lost else 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
