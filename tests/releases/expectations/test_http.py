"""A private ``.curlrc`` makes a real curl tell its status without touching its command or its stdout."""

from __future__ import annotations

import os
import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from gonogo.releases.evidence import Evidence
from gonogo.releases.expectations import compile_expectation, judge
from gonogo.releases.expectations.http import (
    can_watch,
    compose_curlrc,
    find_http_status,
    find_http_statuses,
    find_http_times,
    strip_markers,
)
from tests.programs import ensure_program


class Answers(BaseHTTPRequestHandler):
    """Answers ``/404`` with 404, and so on."""

    def do_GET(self) -> None:
        self.send_response(int(self.path.strip("/")))
        self.send_header("Content-Length", "9")
        self.end_headers()
        self.wfile.write(b'{"ok": 1}')

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    ensure_program("curl")
    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def run_curl(home: Path, command: str, own: str = "") -> Evidence:
    (home / ".curlrc").write_text(compose_curlrc(own), encoding="utf-8")
    environment = {"PATH": os.environ["PATH"], "CURL_HOME": str(home)}
    ended = subprocess.run(["sh", "-c", command], env=environment, capture_output=True, text=True, check=False)
    return Evidence(command=command, stdout=ended.stdout, stderr=ended.stderr, exit_code=ended.returncode)


@pytest.mark.parametrize("code", [200, 404, 500])
def test_a_plain_curl_tells_its_status(tmp_path: Path, address: str, code: int) -> None:
    evidence = run_curl(tmp_path, f"curl -s {address}/{code}")
    assert (evidence.stdout, evidence.exit_code) == ('{"ok": 1}', 0)
    assert find_http_status(evidence.stderr) == code
    assert strip_markers(evidence.stderr) == ""
    assert judge(compile_expectation("returns 200 OK"), evidence).outcome == ("pass" if code == 200 else "fail")
    assert len(find_http_times(evidence.stderr)) == 1


def test_every_transfer_of_a_command_counts(tmp_path: Path, address: str) -> None:
    evidence = run_curl(tmp_path, f"curl -s {address}/200 && curl -s {address}/500")
    assert find_http_statuses(evidence.stderr) == [200, 500]
    assert judge(compile_expectation("returns 200 OK"), evidence).why == "expected HTTP 200, got HTTP 500"


def test_no_response_is_status_0(tmp_path: Path) -> None:
    evidence = run_curl(tmp_path, "curl -s http://127.0.0.1:1/")
    assert find_http_status(evidence.stderr) == 0
    assert "got no response" in judge(compile_expectation("returns 200 OK"), evidence).why


def test_the_commands_own_write_out_wins(tmp_path: Path, address: str) -> None:
    evidence = run_curl(tmp_path, f"curl -s -o /dev/null -w '%{{http_code}}' {address}/404")
    assert (evidence.stdout, find_http_status(evidence.stderr)) == ("404", None)
    assert judge(compile_expectation("returns 404"), evidence).outcome == "pass"


def test_the_users_own_settings_stay_in_force(tmp_path: Path, address: str) -> None:
    evidence = run_curl(tmp_path, f"curl -s {address}/404", own="fail\n")
    assert (evidence.exit_code, find_http_status(evidence.stderr)) == (22, 404)


def test_without_the_file_nothing_is_known(tmp_path: Path, address: str) -> None:
    evidence = run_curl(tmp_path, f"curl -q -s {address}/200")
    assert find_http_status(evidence.stderr) is None
    assert judge(compile_expectation("returns 200 OK"), evidence).outcome == "human"


@pytest.mark.parametrize(
    ("command", "watched"),
    [
        ("curl -s http://x", True),
        ("TOKEN=$(curl -s http://x | jq -r .token)", True),
        ("curl -s http://x 2>&1 | jq .", False),
        ("curl -s http://x |& jq .", False),
        ("curl -s http://x &> out", False),
        ("./curlish", False),
        ("echo ready", False),
    ],
)
def test_a_command_that_mixes_its_outputs_is_left_alone(command: str, watched: bool) -> None:
    assert can_watch(command) is watched
