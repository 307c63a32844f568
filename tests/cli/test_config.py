"""``gonogo config show``: no secret in clear, whatever option it stands in."""

from __future__ import annotations

import re

import pytest

from gonogo.cli.config import show
from gonogo.kernel.config import OPTIONS, list_secrets

PLANTED = "planted-Zq7-w9Xk2"
_SOUNDS_SECRET = re.compile(r"password|secret|key|token|headers|webhook$|_url$|ledger|endpoint")
_HARMLESS = frozenset({"public_url", "tls_key"})


def test_every_option_that_sounds_like_a_secret_says_so_where_it_is_declared() -> None:
    sounding = {name for name in OPTIONS if _SOUNDS_SECRET.search(name)} - _HARMLESS
    assert sounding <= set(list_secrets())


@pytest.mark.parametrize("json", [False, True])
@pytest.mark.parametrize(("name", "mark"), sorted(list_secrets().items()))
def test_a_planted_secret_is_not_shown(
    name: str, mark: str, json: bool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    value = PLANTED if mark == "value" else f"scheme://user:{PLANTED}@host.test/path"
    monkeypatch.setenv(f"GONOGO_{name.upper()}", value)
    monkeypatch.setenv("COLUMNS", "300")
    show(json=json)
    printed = capsys.readouterr()
    assert name in printed.out
    assert PLANTED not in printed.out + printed.err
