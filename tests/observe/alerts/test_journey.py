"""A real server, a real receiver, and kill -9 between them."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.journeys.processes import Machine, kill_hard, wait_until

RULES = """\
[alerts.shop-busy]
expression = "shop.load > 5"
severity = "critical"
cooldown = "0s"
group_wait = "0s"
"""


class Receiver:
    """A webhook's receiver on a thread: it can be down, and it can take a request and not answer."""

    def __init__(self) -> None:
        self.answered: list[tuple[str, Any]] = []
        self.seen: list[str] = []
        self.status = 200
        self.answers = threading.Event()
        self.answers.set()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = msgspec.json.decode(self.rfile.read(int(self.headers["Content-Length"])))
                receiver.seen.append(self.headers["Idempotency-Key"])
                receiver.answers.wait(60)
                try:
                    self.send_response(receiver.status)
                    self.end_headers()
                except OSError:
                    return
                if receiver.status == 200:
                    receiver.answered.append((self.headers["Idempotency-Key"], body))

            def log_message(self, *_words: object) -> None: ...

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook"

    @property
    def kinds(self) -> list[str]:
        """What was taken, in the order it came."""
        return [body["alerts"][0]["kind"] for _, body in self.answered]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    receiver = Receiver()
    thread = threading.Thread(target=receiver.server.serve_forever, daemon=True)
    thread.start()
    yield receiver
    receiver.answers.set()
    receiver.server.shutdown()
    receiver.server.server_close()


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    machine = Machine(tmp_path, tmp_path / "home")
    machine.write("gonogo.toml", RULES)
    return machine


@contextmanager
def serve(machine: Machine, receiver: Receiver) -> Iterator[Any]:
    """A server that tells the receiver."""
    with machine.start("up", "--port", "0", GONOGO_ALERT_WEBHOOK=receiver.url) as server:
        wait_until(lambda: machine.is_served_by(server) or server.poll() is not None, "the server is up")
        assert server.poll() is None, server.communicate()
        yield server


def look(machine: Machine, load: float) -> Any:
    """Report a load, and have the server look at once."""
    with machine.connect() as gonogo:
        gonogo.signals.record("shop.load", [load])
        return gonogo.alerts.evaluate()


def test_a_server_killed_while_it_tells_tells_again_under_the_same_id(machine: Machine, receiver: Receiver) -> None:
    receiver.answers.clear()
    with serve(machine, receiver) as server:
        look(machine, 9)
        wait_until(lambda: receiver.seen, "the receiver has the request")
        with machine.connect() as gonogo:  # the server's own look may have come before ours
            assert [line["outcome"] for line in gonogo.alerts.ledger(rule="shop-busy").items] == ["queued"]
        kill_hard(server)
    receiver.answers.set()
    with serve(machine, receiver):
        wait_until(lambda: len(receiver.seen) > 1, "it is told again")
        wait_until(lambda: receiver.answered, "it is taken")
        assert len(set(receiver.seen)) == 1, "one letter, known by its id"
        with machine.connect() as gonogo:
            [alert] = gonogo.alerts.list(rule="shop-busy").items
            assert alert["state"] == "firing", "and the alert is still the same one"
            wait_until(lambda: gonogo.alerts.ledger(outcome="sent").items, "the ledger knows it")
        assert look(machine, 9)["decisions"] == [], "what was told is not told again"
        look(machine, 1)
        wait_until(lambda: receiver.kinds[-1] == "resolved", "its end is told")
    assert receiver.kinds[-1] == "resolved"
    assert len(set(receiver.seen)) == 2


def test_what_was_decided_before_the_kill_is_delivered_after_it(machine: Machine, receiver: Receiver) -> None:
    receiver.status = 503
    with serve(machine, receiver) as server:
        look(machine, 9)
        look(machine, 1)
        look(machine, 9)
        with machine.connect() as gonogo:
            wait_until(lambda: gonogo.alerts.ledger(outcome="retried").items, "the refusal is written down")
        kill_hard(server)
    assert receiver.answered == []
    receiver.status = 200
    with serve(machine, receiver):
        wait_until(lambda: len(receiver.answered) >= 3, "all of it has arrived")
        with machine.connect() as gonogo:
            outcomes = [line["outcome"] for line in gonogo.alerts.ledger(rule="shop-busy").items]
    assert receiver.kinds == ["fired", "resolved", "fired"], "each once, and in order"
    assert outcomes.count("queued") == 3
    assert "retried" in outcomes
