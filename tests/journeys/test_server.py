"""``gonogo up`` and commands that find it."""

from __future__ import annotations

import signal
import socket

import msgspec
import pytest

from tests.journeys.processes import DEADLINE_S, Machine, only_line, wait_until

TOUCH = "# Touch it\n\n```sh\ntouch it\n```\n"


def read_url(machine: Machine) -> str:
    """Where the server of the data folder listens."""
    url: str = msgspec.json.decode((machine.home / "server.json").read_bytes())["url"]
    return url


def test_up_says_where_it_is_and_ends_cleanly(machine: Machine) -> None:
    with machine.serve() as server:
        server.send_signal(signal.SIGTERM)
        out, err = server.communicate(timeout=DEADLINE_S)
    assert (server.returncode, err) == (0, "")
    assert out.splitlines()[0].startswith("Gonogo is at http://127.0.0.1:")
    assert out.splitlines()[-1] == "Stopped."
    assert not (machine.home / "server.json").exists()


def test_a_generated_password_is_shown_once_and_opens_the_door(machine: Machine) -> None:
    with machine.start("up", "--port", "0", GONOGO_ADMIN_PASSWORD="") as server:
        assert server.stdout is not None
        url = server.stdout.readline().split()[3]
        password = server.stdout.readline().split()[-1]
        wrong = machine.call("login", url, "--email", "admin@localhost", input="guess\n")
        right = machine.call("login", url, "--email", "admin@localhost", input=f"{password}\n")
        assert (wrong.returncode, right.returncode) == (2, 0)
        assert "wrong" in only_line(wrong.stderr)
        assert "saved login" in machine.call("whoami", GONOGO_HOME="").stdout
        assert "data folder" in machine.call("whoami").stdout, "a folder that is named wins over the login"
        assert machine.call("logout").stdout == "Signed out.\n"
    with machine.serve() as again:
        again.send_signal(signal.SIGTERM)
        assert password not in again.communicate(timeout=DEADLINE_S)[0]


def test_two_servers_on_one_folder_are_one_too_many(machine: Machine) -> None:
    with machine.serve() as server:
        second = machine.call("up", "--port", "0")
        assert second.returncode == 2
        assert f"process {server.pid}" in only_line(second.stderr)
        assert "GONOGO_HOME" in second.stderr


def test_a_taken_port_is_told_with_the_way_out(machine: Machine) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        done = machine.call("up", "--port", str(taken.getsockname()[1]))
    assert done.returncode == 2
    assert "--port" in only_line(done.stderr)


@pytest.mark.parametrize("setting", ["GONOGO_PORT", "GONOGO_LOG_LEVEL"])
def test_a_wrong_setting_names_its_place(machine: Machine, setting: str) -> None:
    done = machine.call("up", **{setting: "loud"})
    assert done.returncode == 2
    assert setting in only_line(done.stderr)


def test_a_run_goes_through_the_server_that_is_there(machine: Machine) -> None:
    machine.write("RELEASE.md", TOUCH)
    with machine.serve():
        done = machine.call("run", "RELEASE.md", "--yes")
        assert done.returncode == 0, done.stderr
        with machine.connect() as gonogo:
            [run] = gonogo.releases.list().items
    assert f"/releases/{run['id']}" in done.stdout
    assert (machine.folder / "it").exists()


def test_a_key_opens_a_server_elsewhere_and_nothing_does_not(machine: Machine) -> None:
    with machine.serve():
        url = read_url(machine)
        key = machine.read_json("keys", "create", "ci", "--scope", "releases:run")["token"]
        elsewhere = {"GONOGO_URL": url, "GONOGO_HOME": str(machine.folder / "elsewhere")}
        stranger = machine.call("releases", "list", **elsewhere)
        program = machine.call("releases", "list", "--json", **elsewhere, GONOGO_API_KEY=key)
    assert stranger.returncode == 2
    assert "gonogo login" in only_line(stranger.stderr)
    assert (program.returncode, msgspec.json.decode(program.stdout)["items"]) == (0, [])


def test_a_server_that_is_gone_is_told(machine: Machine) -> None:
    done = machine.call("releases", "list", GONOGO_URL="http://127.0.0.1:9")
    assert done.returncode == 2
    assert "http://127.0.0.1:9" in only_line(done.stderr)


def test_the_demo_is_ready_to_start(machine: Machine) -> None:
    path = machine.write("RELEASE.md", TOUCH)
    with machine.start("up", "--port", "0", "--demo", "RELEASE.md") as server:
        wait_until(lambda: (machine.home / "server.json").exists(), "the server is up")
        with machine.connect() as gonogo:
            wait_until(lambda: gonogo.releases.checklists(), "the demo is there")
            [demo] = gonogo.releases.checklists()
        assert server.poll() is None
    assert demo["path"] == str(path)


def test_numbers_of_a_script_become_a_signal(machine: Machine) -> None:
    with machine.serve():
        done = machine.call("signals", "record", "shop.delay", "--unit", "ms", input="1.5\n2.5\n")
        assert done.stdout == "shop.delay: 2 recorded\n", done.stderr
        shown = machine.call("signals", "show", "shop.delay").stdout
    assert "1.5ms" in shown
    assert "2.5ms" in shown
