"""Wrong usage: one line that helps, exit code 2, never a traceback."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gonogo.cli.commands import COMMANDS, list_commands
from tests.cli.conftest import Call

HEAVY = ("cyclopts", "httpx", "rich", "msgspec", "websockets", "litestar", "sqlalchemy", "asyncio", "difflib")


@pytest.mark.parametrize("arguments", [(), ("--help",), ("-h",), ("help",)])
def test_help_names_every_command(call: Call, arguments: tuple[str, ...]) -> None:
    done = call(*arguments)
    assert (done.code, done.err) == (0, "")
    for group, commands in COMMANDS.items():
        assert f"{group}:" in done.out
        for command in commands:
            assert f"  {command.name} " in done.out


def test_help_fits_a_small_terminal(call: Call) -> None:
    assert max(len(line) for line in call("--help").out.splitlines()) <= 88


@pytest.mark.parametrize("command", [command.name for command in list_commands()])
def test_every_command_explains_itself(call: Call, command: str) -> None:
    done = call(command, "--help")
    assert done.code == 0
    assert f"gonogo {command}" in done.out
    assert "Traceback" not in done.out + done.err


@pytest.mark.parametrize(
    ("room", "commands"),
    [
        ("releases", "list show tick sign decide skip retry take-over resolve run stop"),
        ("signals", "list show watch record"),
        ("people", "list add change"),
        ("keys", "list create revoke"),
        ("events", "list watch"),
        ("config", "show"),
    ],
)
def test_every_command_of_a_room_has_an_example(call: Call, room: str, commands: str) -> None:
    for command in commands.split():
        done = call(room, command, "--help")
        assert done.code == 0
        assert "Example:" in done.out


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        (("plann", "x.md"), "`gonogo plan`"),
        (("xyzzy",), "`gonogo --help`"),
        (("--verbose",), "--verbose"),
        (("plan",), "FILE"),
        (("plan", "a.md", "b.md"), "b.md"),
        (("plan", "a.md", "--colour"), "--colour"),
        (("people", "frob"), "list, add, change"),
        (("people", "add", "a@b.c", "--role", "king"), "viewer"),
        (("people", "change", "a@b.c"), "--role"),
        (("up", "--port", "eighty"), "eighty"),
        (("services", "scale", "web", "x"), 'Invalid value for REPLICAS: "x" is no whole number. Try'),
        (("signals", "record", "a.b", "many"), '"many" is no number'),
        (("up", "--port", "70000"), "65535"),
        (("up", "--demo", "nowhere.md"), "nowhere.md"),
        (("run", "a.md", "--on-no-go", "panic"), "rollback"),
        (("signals", "watch", "a.b", "--every", "often"), "30s"),
        (("releases", "skip", "last", "p1.1"), "--reason"),
        (("releases", "decide", "last", "p1.1", "maybe"), "no-go"),
        (("report", "last", "--format", "pdf"), "html"),
        (("login",), "gonogo login https://"),
    ],
)
def test_wrong_usage_gets_one_line_that_helps(call: Call, arguments: tuple[str, ...], hint: str) -> None:
    done = call(*arguments)
    assert (done.code, done.out) == (2, "")
    assert hint in done.complaint
    assert done.complaint.startswith("gonogo: ")


WORDS = st.sampled_from([command.name for command in list_commands() if command.name not in ("up", "serve", "run")])
ODD = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(command=WORDS, rest=st.lists(ODD.map(lambda text: f"--{text}="), min_size=1, max_size=3))
def test_odd_options_never_end_in_a_traceback(call: Call, command: str, rest: list[str]) -> None:
    done = call(command, *rest)
    assert done.code in (0, 2)
    assert "Traceback" not in done.err


def test_help_loads_next_to_nothing() -> None:
    code = "import sys; sys.argv = ['gonogo', '--help']; from gonogo.cli.main import main; main(); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = {name.partition(".")[0] for name in done.stdout.splitlines()[-1].split()}
    assert loaded.isdisjoint(HEAVY)


def test_plan_loads_no_server() -> None:
    code = "import gonogo.cli.reading, gonogo.cli.plan_view, sys; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = {name.partition(".")[0] for name in done.stdout.split()}
    assert loaded.isdisjoint(("litestar", "sqlalchemy", "httpx", "websockets", "uvicorn", "psutil"))
