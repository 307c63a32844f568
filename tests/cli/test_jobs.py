"""``gonogo jobs``, ``worker``, ``agents`` and ``webhooks`` with input that can't be meant: field, rule and way out."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from gonogo.cli.embedded import EmbeddedServer
from gonogo.kernel.config import Config
from tests.cli.conftest import Call
from tests.journeys.processes import GONOGO

SHELL = ("jobs", "enqueue", "shell", "true")


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        (("jobs", "enqueue", "shell"), "needs its command"),
        (("jobs", "enqueue", "shell", " "), "needs its command"),
        (("jobs", "enqueue", "http", "{bad"), "not JSON"),
        (("jobs", "enqueue", "http", "[1]"), "JSON object"),
        (("jobs", "enqueue", "bad type"), "'type': Expected letters, digits and . _ : / -"),
        ((*SHELL, "--priority", "-12"), "'priority': Expected a whole number of at least -9"),
        ((*SHELL, "--max-attempts", "-1"), "'max_attempts': Expected a whole number of at least 1"),
        ((*SHELL, "--timeout", "soon"), "'timeout': 'soon' is not a duration. Write '30s'"),
        ((*SHELL, "--backoff", "5s,x"), "--backoff is durations with commas between"),
        ((*SHELL, "--due", "tomorrow"), "'due': Expected an instant such as 2026-03-02T12:00:00Z"),
        ((*SHELL, "--label", "team"), "NAME=VALUE, not 'team'"),
        ((*SHELL, "--wait"), "start `gonogo up`"),
        ((*SHELL, "--id", "7"), "'id': Expected a UUID in small letters"),
        (("jobs", "show", "nope"), "`gonogo jobs list`"),
        (("jobs", "show", ""), "An empty name names nothing."),
        (("jobs", "cancel", "nope"), "no job 'nope'"),
        (("jobs", "list", "--state", "lost"), '"dead"'),
        (("jobs", "list", "--limit", "-4"), "'limit': Expected a whole number of at least 1"),
        (("jobs", "limit", "k", "--concurrency", "-1"), "'concurrency'"),
        (("jobs", "schedules", "put", "nightly", "often", "shell", "true"), "five fields"),
        (("jobs", "schedules", "firings", "nope"), "`gonogo jobs schedules list`"),
        (("worker", "--concurrency", "-4"), "--concurrency is at least 1"),
        (("worker", "--drain", "-1"), "--drain is 0 seconds or more"),
        (("worker", "--connectors", "pen"), "--connectors: There is no connector 'pen'. There are"),
        (("worker", "--modules", "nonesuch"), "--modules: No module named 'nonesuch'"),
        (("worker", "--queue", "mysql://x"), "--queue 'mysql://x' is no queue"),
        (("agents", "show", "nope"), "`gonogo agents list`"),
        (("agents", "spawn", "nope"), "There are comfyui, http, ollama, python, shell."),
        (("agents", "spawn", "shell", "--name", "Bad Name"), "'name': Expected at most 40 small letters"),
        (("agents", "spawn", "shell", "--capability", "x"), "such as gpu=a100"),
        (("agents", "spawn", "shell", "--concurrency", "-1"), "'concurrency'"),
        (("webhooks", "add", "notaurl"), "'url': Expected an address that begins with http:// or https://"),
        (("webhooks", "add", "https://10.0.0.1/"), "webhooks_allow"),
        (("webhooks", "add", "https://x.test", "--events", "a b"), "such as order.*"),
        (("webhooks", "show", "99"), "`gonogo webhooks deliveries`"),
        (("webhooks", "replay", "99"), "`gonogo webhooks deliveries`"),
        (("webhooks", "test", "nope"), "`gonogo webhooks endpoints`"),
        (("webhooks", "declare", "bad name"), "such as order.shipped"),
        (("webhooks", "send", "order.shipped", "[1]"), "such as '{\"order\": 17}'"),
        (("webhooks", "send", "release.started"), "Gonogo's own"),
        (
            ("webhooks", "add-source", "my", "--kind", "generic", "--option", "digest=md4"),
            "there are header, algorithm",
        ),
        (("webhooks", "add-source", "my", "--kind", "github", "--job", "a b"), "'job': Expected a type of job"),
        (("webhooks", "remove-source", "nope"), "`gonogo webhooks sources`"),
        (("jobs", "schedules", "put", "nightly", "0 2 * * * *", "shell", "true"), "has six fields"),
    ],
)
@pytest.mark.usefixtures("data_folder")
def test_wrong_input_gets_one_line_that_helps(call: Call, arguments: tuple[str, ...], hint: str) -> None:
    done = call(*arguments)
    assert (done.code, done.out) == (2, "")
    assert hint in done.complaint


def test_the_id_of_a_job_is_never_cut_short(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    id_ = call("jobs", "enqueue", "shell", "true").out.split()[0]
    assert id_ in call("jobs", "list").out


def test_a_job_says_what_it_waits_for(call: Call) -> None:
    id_ = call("jobs", "enqueue", "made.up").out.split()[0]
    assert "No worker does 'made.up' jobs now." in call("jobs", "show", id_).out


def test_without_redis_a_job_is_shown_and_a_pause_is_kept(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GONOGO_JOBS_URL", "redis://127.0.0.1:1")
    id_ = call("jobs", "enqueue", "shell", "true").out.split()[0]
    shown = call("jobs", "show", id_)
    assert (shown.code, id_ in shown.out) == (0, True)
    assert "Its log can't be read now. Redis does not answer." in shown.err
    paused = call("jobs", "pause", "shell")
    assert (paused.code, paused.out.startswith("Paused: shell (The queue does not answer now")) == (0, True)
    assert call("jobs", "resume", "shell").out.startswith("Resumed: shell (The queue does not answer now")


def test_a_command_beside_a_run_without_a_server_does_not_wait_for_its_job(call: Call, tmp_path: Path) -> None:
    with EmbeddedServer(Config(home=str(tmp_path / ".gonogo"), port=0, embedded=True)):
        beside = subprocess.run([GONOGO, *SHELL, "--wait"], capture_output=True, text=True, timeout=60, check=False)
        assert (beside.returncode, beside.stdout) == (2, "")
        assert "start `gonogo up`" in beside.stderr
        assert call("jobs", "list").out == "No such job.\n"


def test_an_agent_spawned_without_a_server_waits_for_one(call: Call) -> None:
    assert (
        call("agents", "spawn", "shell", "--name", "porter").out == "porter starts with the next server: gonogo up.\n"
    )


def test_an_agent_without_a_server_says_that_none_runs(call: Call) -> None:
    call("agents", "spawn", "shell", "--name", "porter")
    shown = call("agents", "show", "porter")
    assert (shown.code, "No server runs: the next one starts it." in shown.out) == (1, True)


def test_a_pending_delivery_says_when_it_is_tried(call: Call) -> None:
    call("webhooks", "declare", "order.shipped")
    call("webhooks", "add", "https://example.org/hooks", "--events", "order.*")
    assert "goes to 1 endpoint." in call("webhooks", "send", "order.shipped", '{"order": 17}').out
    assert "pending after 0 attempts, the next at 20" in call("webhooks", "show", "1").out
