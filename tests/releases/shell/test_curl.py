"""A command's curl tells its HTTP status, and nothing of how it does so stays in the session."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from gonogo.releases.expectations.http import find_http_status
from gonogo.releases.running.curlrc import lend_curlrc
from tests.programs import ensure_program
from tests.releases.shell.conftest import Run


class Refuses(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_error(503)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def refusing() -> Iterator[str]:
    ensure_program("curl")
    server = ThreadingHTTPServer(("127.0.0.1", 0), Refuses)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


async def test_status_is_told_beside_the_output(run: Run, tmp_path: Path, refusing: str) -> None:
    command = f"curl -s -o body {refusing}; cat body | wc -l"
    ran = await run(command, curl_home=lend_curlrc(tmp_path, command))
    assert find_http_status(ran.err) == 503
    assert ran.out.strip().isdigit()


async def test_nothing_stays_in_the_session(run: Run, tmp_path: Path) -> None:
    await run("true", curl_home=lend_curlrc(tmp_path, "curl -s here"))
    assert (await run('echo "${CURL_HOME-unset}"')).out == "unset\n"


async def test_a_home_of_its_own_is_kept(run: Run, tmp_path: Path) -> None:
    await run("export CURL_HOME=/somewhere")
    assert (await run('echo "$CURL_HOME"', curl_home=lend_curlrc(tmp_path, "curl x"))).out == "/somewhere\n"


def test_no_loan_without_a_plain_curl(tmp_path: Path) -> None:
    assert lend_curlrc(tmp_path, "wget x") is None
    assert lend_curlrc(tmp_path, "curl x 2>&1") is None
