from __future__ import annotations

import stat

import pytest

from gonogo.client.logins import Login, LoginStore

LOGIN = Login("https://far.example", "ada@example.test", "access", "refresh")


def test_a_login_comes_back_as_it_was_saved() -> None:
    LoginStore().save(LOGIN)
    assert LoginStore().find() == LOGIN


def test_only_the_owner_may_read_the_file() -> None:
    store = LoginStore()
    store.save(LOGIN)
    assert stat.S_IMODE(store.path.stat().st_mode) == 0o600


def test_forgetting_removes_it_once() -> None:
    store = LoginStore()
    store.save(LOGIN)
    assert store.forget() is True
    assert store.forget() is False
    assert store.find() is None


@pytest.mark.parametrize("content", ["", "{}", "[1]", '{"url": 5}'])
def test_a_damaged_file_counts_as_no_login(content: str) -> None:
    store = LoginStore()
    store.path.parent.mkdir(parents=True)
    store.path.write_text(content)
    assert store.find() is None


def test_the_file_lies_below_the_home_folder_without_xdg() -> None:
    assert LoginStore({}).path.parts[-3:] == (".config", "gonogo", "login.json")
