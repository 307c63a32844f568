"""What observing a machine costs: our agent beside Glances (PyPI) and prometheus-node-exporter (Debian), each at 5 s.

All three run at the same time on this machine and are measured from outside: CPU seconds of the process and its
children, and the memory it holds at the end. Glances is installed into a throwaway environment with uv, the exporter
is unpacked from Debian's package with apt-get and dpkg; what can't be had is left out, and said.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import NamedTuple

import psutil
from _observe import run_server

SECONDS, WARM_UP_S, EVERY_S = 60, 15, 5
EXPORTER_PORT = 9177
TARGET_SHARE, TARGET_MB = 1.0, 40.0


class Cost(NamedTuple):
    """Percent of a core, and megabytes."""

    share: float
    megabytes: float


@contextmanager
def run_process(command: list[str], environ: dict[str, str] | None = None) -> Iterator[psutil.Process]:
    """Run a program quietly for the length of the block."""
    quiet = subprocess.DEVNULL
    with subprocess.Popen(command, env=environ, stdin=quiet, stdout=quiet, stderr=quiet) as child:
        try:
            yield psutil.Process(child.pid)
        finally:
            child.terminate()


def count_seconds(process: psutil.Process) -> float:
    """CPU seconds of a process with its children."""
    times = [one.cpu_times() for one in (process, *process.children(recursive=True))]
    return sum(one.user + one.system for one in times)


def count_memory(process: psutil.Process) -> float:
    """Resident megabytes of a process with its children."""
    return sum(one.memory_info().rss for one in (process, *process.children(recursive=True))) / 1e6


def start_agent(stack: ExitStack, folder: Path) -> psutil.Process:
    """Our agent, reporting to a server of its own."""
    server = stack.enter_context(run_server(folder / "home"))
    command = [str(Path(sys.executable).with_name("gonogo")), "agent", "--server", server.url]
    environ = {**os.environ, "GONOGO_API_KEY": server.key, "GONOGO_HOME": str(folder / "agent")}
    return stack.enter_context(run_process(command, environ))


def start_glances(stack: ExitStack, folder: Path) -> psutil.Process:
    """Glances without a screen, writing a line every five seconds."""
    place = folder / "glances"
    subprocess.run(["uv", "venv", "--quiet", str(place)], check=True)
    subprocess.run(["uv", "pip", "install", "--quiet", "--python", str(place / "bin/python"), "glances"], check=True)
    options = ["--quiet", "--export", "csv", "--export-csv-file", str(folder / "glances.csv"), "--disable-check-update"]
    return stack.enter_context(run_process([str(place / "bin/glances"), *options, "--time", str(EVERY_S)]))


def start_exporter(stack: ExitStack, folder: Path) -> psutil.Process:
    """Debian's node exporter; it works only when it is asked."""
    subprocess.run(
        ["apt-get", "download", "-q", "prometheus-node-exporter"], cwd=folder, check=True, stdout=subprocess.DEVNULL
    )
    (package,) = folder.glob("prometheus-node-exporter_*.deb")
    subprocess.run(["dpkg", "-x", str(package), str(folder / "exporter")], check=True)
    command = [str(folder / "exporter/usr/bin/prometheus-node-exporter")]
    return stack.enter_context(run_process([*command, f"--web.listen-address=127.0.0.1:{EXPORTER_PORT}"]))


PEERS: dict[str, Callable[[ExitStack, Path], psutil.Process]] = {
    "gonogo agent": start_agent,
    "glances": start_glances,
    "node exporter": start_exporter,
}


def start_all(stack: ExitStack, folder: Path) -> dict[str, psutil.Process]:
    """Everybody who can be had here."""
    running = {}
    for name, start in PEERS.items():
        try:
            running[name] = start(stack, folder)
        except (subprocess.CalledProcessError, OSError) as error:
            print(f"{name}: left out, {error}")
    return running


def wait(seconds: float, *, scrape: bool) -> None:
    """Let time pass; the exporter is asked every five seconds meanwhile, as Prometheus would."""
    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0:
        time.sleep(min(EVERY_S, left))
        if scrape:
            with urllib.request.urlopen(f"http://127.0.0.1:{EXPORTER_PORT}/metrics") as answer:
                answer.read()


def measure(running: dict[str, psutil.Process]) -> dict[str, Cost]:
    """What each one used."""
    scrape = "node exporter" in running
    wait(WARM_UP_S, scrape=scrape)
    before, started = {name: count_seconds(process) for name, process in running.items()}, time.monotonic()
    wait(SECONDS, scrape=scrape)
    elapsed = time.monotonic() - started
    for name, process in running.items():
        if process.status() == psutil.STATUS_ZOMBIE:
            raise SystemExit(f"{name} ended by itself.")
    return {
        name: Cost(100 * (count_seconds(process) - before[name]) / elapsed, count_memory(process))
        for name, process in running.items()
    }


def main() -> None:
    """Run side by side, measure, say."""
    folder = Path(tempfile.mkdtemp())
    try:
        with ExitStack() as stack:
            costs = measure(start_all(stack, folder))
    finally:
        shutil.rmtree(folder)
    ours = costs["gonogo agent"]
    for name, cost in costs.items():
        against = f"ours is {ours.share / cost.share:.2f} of its CPU" if cost.share else "no CPU time to compare with"
        print(f"{name:>14}: {cost.share:5.2f} % of a core, {cost.megabytes:5.1f} MB; {against}")
    print(f"ratio to the targets: CPU {ours.share / TARGET_SHARE:.2f}, memory {ours.megabytes / TARGET_MB:.2f}")


if __name__ == "__main__":
    main()
