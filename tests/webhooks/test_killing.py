"""A real Gonogo, a real receiver, and SIGKILL in the middle: nothing that was accepted is lost."""

from __future__ import annotations

import http.server
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.journeys.processes import Machine, kill_hard, wait_until

EVENTS = 120


class Ledger:
    """What arrived. ``hold`` makes the receiver sit on its answers."""

    def __init__(self) -> None:
        self.ids: list[str] = []
        self.answered = threading.Event()
        self.answered.set()
        self.url = ""

    def hold(self) -> None:
        self.answered.clear()

    def release(self) -> None:
        self.answered.set()


@contextmanager
def run_ledger() -> Iterator[Ledger]:
    ledger = Ledger()

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            ledger.ids.append(body["id"])
            ledger.answered.wait(20)
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.handle_error = lambda *_: None  # type: ignore[method-assign]  # a killed sender's connection breaks
    ledger.url = f"http://127.0.0.1:{server.server_port}/"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield ledger
    finally:
        ledger.release()
        server.shutdown()
        server.server_close()
        thread.join()


class Pier(Machine):
    """A machine whose webhooks may go to itself."""

    @property
    def environment(self) -> dict[str, str]:
        return super().environment | {"GONOGO_WEBHOOKS_ALLOW": "127.0.0.1"}


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Pier(tmp_path, tmp_path / "home")


def count_state(machine: Machine, state: str) -> int:
    with machine.connect() as gonogo:
        return len(gonogo.webhooks.deliveries(state=state, limit=500).items)


def test_kill_in_mid_delivery_loses_none(machine: Machine) -> None:
    with run_ledger() as ledger:
        with machine.serve() as server, machine.connect() as gonogo:
            gonogo.webhooks.declare("ferry.departed")
            gonogo.webhooks.add(ledger.url, ["ferry.*"])
            ledger.hold()
            sent = [gonogo.webhooks.send("ferry.departed", {"pier": pier})["id"] for pier in range(EVENTS)]
            wait_until(lambda: len(ledger.ids) >= 5, "some deliveries are under way")
            kill_hard(server)
        ledger.release()
        assert set(ledger.ids) < set(sent), "the kill came too late to prove anything"
        with machine.serve():
            wait_until(lambda: set(ledger.ids) == set(sent), "everything arrives")
            wait_until(lambda: count_state(machine, "delivered") == EVENTS, "everything is written down")


def test_three_processes(machine: Machine) -> None:
    """Server and deliverer side by side on one folder; the deliverer is killed and started again."""
    quiet = {"GONOGO_DELIVER_WEBHOOKS": "false"}
    with run_ledger() as ledger, machine.start("up", "--port", "0", **quiet) as server:
        wait_until(lambda: machine.is_served_by(server), "the server is up")
        with machine.connect() as gonogo:
            gonogo.webhooks.declare("ferry.departed")
            gonogo.webhooks.add(ledger.url, ["ferry.*", "setting.*"])
            ledger.hold()
            with machine.start("webhooks", "deliver") as deliverer:
                sent = [gonogo.webhooks.send("ferry.departed", {"pier": pier})["id"] for pier in range(20)]
                wait_until(lambda: ledger.ids, "the deliverer delivers")
                second = machine.call("webhooks", "deliver")
                assert second.returncode == 2
                assert "Another process delivers" in second.stderr
                kill_hard(deliverer)
            ledger.release()
            sent += [gonogo.webhooks.send("ferry.departed", {"pier": pier})["id"] for pier in range(20)]
            assert set(ledger.ids) < set(sent), "the server itself must not deliver"
            with machine.start("webhooks", "deliver"):
                wait_until(lambda: set(ledger.ids) >= set(sent), "everything arrives")
                wait_until(lambda: count_state(machine, "delivered") == 40, "everything is written down")
