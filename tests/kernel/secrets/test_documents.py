"""Secrets in documents are found by the names around them, and by their shape."""

from __future__ import annotations

import pytest

from gonogo.kernel.secrets.documents import (
    HIDDEN,
    find_hidden_texts,
    find_secret_texts,
    is_secret_field,
    map_secrets,
    mask_address,
    mask_body,
    mask_command,
    mask_document,
)

PAYLOAD = {
    "command": "deploy",
    "env": {"REGION": "eu", "DB_PASSWORD": "hunter-two"},
    "api_key": "planted",
    "max_tokens": 100,
    "steps": [{"headers": {"Accept": "text/html"}, "note": "ghp_0123456789012345678901234567890123456789"}],
}


@pytest.mark.parametrize("name", ["Authorization", "X-API-Key", "Cookie", "Set-Cookie", "db_password", "client-secret"])
def test_names_of_secrets(name: str) -> None:
    assert is_secret_field(name)


@pytest.mark.parametrize("name", ["command", "Accept", "url", "keyboard", "cwd", "path"])
def test_other_names(name: str) -> None:
    assert not is_secret_field(name)


def test_documents_are_masked() -> None:
    assert mask_document(PAYLOAD) == {
        "command": "deploy",
        "env": {"REGION": HIDDEN, "DB_PASSWORD": HIDDEN},
        "api_key": HIDDEN,
        "max_tokens": 100,
        "steps": [{"headers": {"Accept": HIDDEN}, "note": "***"}],
    }


def test_secrets_are_changed_and_changed_back() -> None:
    turned = map_secrets(PAYLOAD, lambda text: text[::-1])
    assert turned != PAYLOAD
    assert map_secrets(turned, lambda text: text[::-1]) == PAYLOAD
    assert find_secret_texts(PAYLOAD) == ["eu", "hunter-two", "planted", "text/html"]


def test_what_is_masked_wherever_it_appears() -> None:
    assert find_hidden_texts(PAYLOAD) == ["hunter-two", "planted"]
    assert find_hidden_texts({"env": {"WORD": "Zq7w9Xk2Vb4mn", "PATH": "/usr/bin", "A": "12345678901234"}}) == [
        "Zq7w9Xk2Vb4mn"
    ]
    assert find_hidden_texts({"note": "Zq7w9Xk2Vb4mn"}) == []


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("https://ann:planted@host/x", f"https://ann:{HIDDEN}@host/x"),
        ("https://host/x?token=planted&page=2", f"https://host/x?token={HIDDEN}&page=2"),
        ("https://host/x?page=2", "https://host/x?page=2"),
        ("https://host/x", "https://host/x"),
    ],
)
def test_addresses(address: str, shown: str) -> None:
    assert mask_address(address).replace("***@", f"{HIDDEN}@") == shown


def test_bodies() -> None:
    assert mask_body('{"password": "planted", "page": 2}') == f'{{"password": "{HIDDEN}", "page": 2}}'
    assert mask_body("no JSON") == "no JSON"


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        (["x", "--password", "planted", "--port", "1"], ["x", "--password", HIDDEN, "--port", "1"]),
        (["x", "--api-token=planted"], ["x", f"--api-token={HIDDEN}"]),
        (["env", "DB_PASSWORD=planted", "x"], ["env", f"DB_PASSWORD={HIDDEN}", "x"]),
        (["x", "--password", "--verbose"], ["x", "--password", "--verbose"]),
        (["psql", "postgresql://ann:planted@db/shop"], ["psql", "postgresql://ann:***@db/shop"]),
    ],
)
def test_command_lines(words: list[str], shown: list[str]) -> None:
    assert mask_command(words) == shown
