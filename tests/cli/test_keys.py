"""``gonogo keys`` and ``gonogo service-accounts``: scopes, bounds, owners, and what is wrong with a key."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from tests.cli.conftest import Call


def test_a_key_is_created_listed_and_ended_with_its_owner(call: Call, data_folder: Path) -> None:
    assert data_folder.is_dir()
    assert call("service-accounts", "create", "web-1", "--description", "host agent").code == 0
    words = ("--scope", "observe:write", "--host", "web-1", "--service-account", "web-1", "--days", "never")
    made = call("keys", "create", "agent", *words)
    assert "belongs to web-1 and works without an end" in made.out
    assert made.out.splitlines()[-1].startswith("gnk_")
    (key,) = msgspec.json.decode(call("keys", "list", "--json").out)
    assert (key["scopes"], key["bound"]["host"], key["owner"]) == (["observe:write"], "web-1", "web-1")
    assert "agent" in call("keys", "list").out
    assert call("keys", "revoke", "agnt").complaint.startswith("gonogo: There is no live key 'agnt'")
    assert call("service-accounts", "disable", "web-1").code == 0
    assert "no longer valid" in call("keys", "list").out
    assert call("keys", "revoke", key["hint"]).out == f"The key 'agent' ({key['hint']}…) is revoked.\n"
    assert "revoked" in call("keys", "list").out


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        (("--scope", "observe:write"), "'observe:write' is bound to one host"),
        (("--scope", "everything"), "'everything' is not a scope. Scopes are observe:write,"),
        (("--scope", "metrics:read", "--host", "web-1"), "'bound.host' goes with the scope observe:write only"),
        (("--scope", "metrics:read", "--days", "soon"), "--days is a number of days, or never"),
        (("--scope", "metrics:read", "--service-account", "none"), "`gonogo service-accounts create none`"),
    ],
)
def test_what_is_wrong_with_a_key(call: Call, data_folder: Path, arguments: tuple[str, ...], hint: str) -> None:
    done = call("keys", "create", "ci", *arguments)
    assert done.code != 0
    assert hint in " ".join(done.err.split())
