from __future__ import annotations

import os
import subprocess
from pathlib import Path

import msgspec
import pytest

from gonogo.client.discovery import find_owner, find_target
from gonogo.client.errors import ServerNotFound
from gonogo.client.gonogo import Gonogo
from gonogo.client.logins import Login, LoginStore

LOGIN = Login("https://far.example", "ada@example.test", "access", "refresh")


def make_folder(path: Path, url: str = "http://127.0.0.1:4711", pid: int | None = None) -> Path:
    """A data folder that looks served by ``pid`` (this process)."""
    path.mkdir()
    (path / "server.json").write_bytes(msgspec.json.encode({"pid": pid or os.getpid(), "url": url}))
    (path / "local.key").write_text("local-key\n")
    return path


def find_dead_pid() -> int:
    """The id of a process that has ended."""
    process = subprocess.Popen(["true"])
    process.wait()
    return process.pid


def test_arguments_win_over_everything(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GONOGO_URL", "http://env.example")
    monkeypatch.setenv("GONOGO_API_KEY", "env-key")
    LoginStore().save(LOGIN)

    target = find_target("http://arg.example/", "arg-key", make_folder(tmp_path / "home"))

    assert target is not None
    assert (target.url, target.key, target.login) == ("http://arg.example", "arg-key", None)


def test_the_environment_wins_over_a_saved_login(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GONOGO_URL", "http://env.example")
    monkeypatch.setenv("GONOGO_API_KEY", "env-key")
    LoginStore().save(LOGIN)

    target = find_target()

    assert target is not None
    assert (target.url, target.key, target.login) == ("http://env.example", "env-key", None)


def test_a_saved_login_wins_over_the_default_folder(tmp_path: Path) -> None:
    make_folder(tmp_path / ".gonogo")
    LoginStore().save(LOGIN)

    target = find_target()

    assert target is not None
    assert (target.url, target.login, target.origin) == (LOGIN.url, LOGIN, "saved login")


@pytest.mark.parametrize("how", ["argument", "environment"])
def test_a_folder_that_is_named_wins_over_a_saved_login(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    LoginStore().save(LOGIN)
    home = make_folder(tmp_path / "home")
    if how == "environment":
        monkeypatch.setenv("GONOGO_HOME", str(home))
    target = find_target(home=home if how == "argument" else None)
    assert target is not None
    assert (target.url, target.key) == ("http://127.0.0.1:4711", "local-key")


def test_a_named_folder_without_a_server_does_not_fall_back_to_a_login(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    LoginStore().save(LOGIN)
    monkeypatch.setenv("GONOGO_HOME", str(tmp_path))
    assert find_target() is None


def test_the_default_folder_comes_last(tmp_path: Path) -> None:
    make_folder(tmp_path / ".gonogo")
    target = find_target()
    assert target is not None
    assert (target.url, target.key) == ("http://127.0.0.1:4711", "local-key")


def test_a_login_is_used_for_its_own_server_only(monkeypatch: pytest.MonkeyPatch) -> None:
    LoginStore().save(LOGIN)
    here, elsewhere = find_target("https://far.example/"), find_target("https://other.example")
    assert here is not None and here.login == LOGIN
    assert elsewhere is not None and elsewhere.login is None and elsewhere.key is None


def test_the_local_key_is_shown_to_its_own_server_only(tmp_path: Path) -> None:
    home = make_folder(tmp_path / "home")
    own, other = find_target("http://127.0.0.1:4711", home=home), find_target("http://127.0.0.1:4712", home=home)
    assert own is not None and own.key == "local-key"
    assert other is not None and other.key is None


def test_a_server_that_died_is_no_owner(tmp_path: Path) -> None:
    home = make_folder(tmp_path / "home", pid=find_dead_pid())
    assert find_owner(home) is None
    assert find_target(home=home) is None


@pytest.mark.parametrize("content", [b"", b"{", b'{"pid": "x"}', b"\xff\xfe"])
def test_a_damaged_address_is_no_owner(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "server.json").write_bytes(content)
    assert find_owner(tmp_path) is None


def test_without_any_server_the_client_says_how_to_get_one() -> None:
    with pytest.raises(ServerNotFound, match=r"gonogo up.*gonogo login.*GONOGO_URL"):
        Gonogo()
