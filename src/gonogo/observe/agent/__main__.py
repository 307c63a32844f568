"""``python -m gonogo.observe.agent --server URL``: the agent's process. The key comes from GONOGO_API_KEY."""

from __future__ import annotations

import argparse
import os
import signal
import sys
import threading
import time
from pathlib import Path

from gonogo.kernel.environment import cover_variables, forbid_dumps
from gonogo.observe.agent.buffer import Buffer
from gonogo.observe.agent.courier import Courier
from gonogo.observe.agent.link import Link
from gonogo.observe.agent.sampler import Sampler
from gonogo.observe.collecting.host import HostCollector
from gonogo.observe.collecting.platform import name_host, read_platform
from gonogo.observe.collecting.processes import ProcessCollector
from gonogo.observe.metrics import STEP_S

KEY = "GONOGO_API_KEY"
LOOK_S = 1.0
PAST_S = 0.01
"""A wait may end a few milliseconds early by the time of day; a sample belongs to the step it was meant for."""


def main() -> int:
    """Observe this machine until a signal says stop, then deliver the rest."""
    options = read_options()
    cover_variables([KEY])
    forbid_dumps()
    stopped = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
    sampler = Sampler(Buffer(options.buffer), HostCollector(), ProcessCollector())
    deliveries = threading.Thread(target=run_courier, args=(options, sampler, stopped), daemon=True)
    deliveries.start()
    say(f"observing {options.name} for {options.server}; what is not delivered waits in {options.buffer}")
    while not stopped.wait(STEP_S - time.time() % STEP_S + PAST_S):
        sampler.beat(time.time())
    deliveries.join(timeout=5.0)
    return 0


def run_courier(options: argparse.Namespace, sampler: Sampler, stopped: threading.Event) -> None:
    """Deliver beside the sampling; it ends by itself only when the agent stops."""
    link = Link(options.server, os.environ[KEY])
    courier = Courier(options.name, Buffer(options.buffer), link, sampler, read_platform(), say)
    while not stopped.wait(LOOK_S):
        courier.look(time.time())
    courier.deliver(time.time())
    link.close()


def read_options() -> argparse.Namespace:
    """The arguments that ``gonogo agent`` hands over."""
    parser = argparse.ArgumentParser(prog="gonogo agent")
    parser.add_argument("--server", required=True)
    parser.add_argument("--name", default=name_host())
    parser.add_argument("--buffer", type=Path, required=True)
    return parser.parse_args()


def say(line: str) -> None:
    """One line on standard error."""
    sys.stderr.write(f"gonogo agent: {line}\n")
    sys.stderr.flush()


if __name__ == "__main__":
    raise SystemExit(main())
