"""Secrets never reach the kept evidence, however they arrive."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from gonogo.releases.shell.masking import Masker, find_secrets, is_secret_name
from gonogo.releases.shell.spool import Spool
from tests.releases.shell.conftest import Run

SECRETS = ("hunter-two", "line one\nline two", "hunter-two-and-more")
KEY = "-----BEGIN PRIVATE KEY-----\nabcdef\nghijkl\n-----END PRIVATE KEY-----"
PIECES = st.sampled_from(
    [
        "plain ",
        "\n",
        "\r",
        "hunter-two",
        "line one\nline two",
        "hunter",
        "line one\n",
        KEY,
        "bearer ABCDEFGH123",
        "http://u:pass@h/ ",
    ]
)


@pytest.mark.parametrize(
    "name", ["DB_PASSWORD", "api_key", "GITHUB_TOKEN", "SENTRY_DSN", "ClientSecret", "AWS_SECRET_1"]
)
def test_secret_names(name: str) -> None:
    assert is_secret_name(name)


@pytest.mark.parametrize(
    "name", ["PWD", "OLDPWD", "KEYBOARD", "MONKEY", "PATH", "TOKEN_TTL", "SECRET_FILE", "SSH_AUTH_SOCK"]
)
def test_other_names(name: str) -> None:
    assert not is_secret_name(name)


def test_finds_values() -> None:
    found = find_secrets(
        {"API_KEY": "abcd1234", "URL": "redis://me:s3cr3t@h:1/0", "TOKEN": "yes", "A_KEY": "x", "B": "plain"}
    )
    assert found == {"abcd1234", "s3cr3t"}


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("postgres://app:hush@db/x", "postgres://app:***@db/x"),
        ("redis://:hush@db", "redis://:***@db"),
        ("Authorization: Bearer abc.def-12345", "Authorization: Bearer ***"),
        (f"a\n{KEY}\nb", "a\n-----BEGIN PRIVATE KEY-----***-----END PRIVATE KEY-----\nb"),
        ("http://host:8080/path@x", "http://host:8080/path@x"),
    ],
)
def test_patterns(text: str, masked: str) -> None:
    assert Masker().mask_text(text) == masked


def test_key_behind_a_token() -> None:
    assert "abcdef" not in Masker().mask_text(f"bearer ABCDEFGH123{KEY}")


def test_bytes_that_are_no_text() -> None:
    assert Masker([b"\xff\xfeabc".decode("utf-8", "surrogateescape")]).mask(b"x\xff\xfeabc") == b"x***"


def test_longest_secret_wins() -> None:
    assert Masker(SECRETS).mask_text("hunter-two-and-more") == "***"


@example(pieces=["bearer ABCDEFGH123", KEY], cuts=[])
@example(pieces=["bearer ABCDEFGH123", "line one\n"], cuts=[])
@given(pieces=st.lists(PIECES, max_size=12), cuts=st.lists(st.integers(0, 400), max_size=8))
def test_chunks_mask_alike(tmp_path_factory: pytest.TempPathFactory, pieces: list[str], cuts: list[int]) -> None:
    data = "".join(pieces).encode()
    folder = tmp_path_factory.mktemp("spool")
    masker = Masker(SECRETS)
    spool = Spool(folder / "raw", folder / "kept", masker)
    _feed(spool, data, sorted({min(cut, len(data)) for cut in cuts} | {len(data)}))
    spool.finish(masker)
    assert (folder / "kept").read_bytes() == masker.mask(data)
    assert not (folder / "raw").exists()


def _feed(spool: Spool, data: bytes, cuts: list[int]) -> None:
    with os.fdopen(spool.open(), "wb", buffering=0) as stream:
        start = 0
        for cut in cuts:
            stream.write(data[start:cut])
            spool.advance()
            assert b"hunter-two" not in spool.kept.read_bytes()
            start = cut


def test_long_line_is_not_held_for_ever(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "raw", tmp_path / "kept", Masker())
    with os.fdopen(spool.open(), "wb", buffering=0) as stream:
        stream.write(b"word " * 20_000 + b"Bearer ")
        spool.advance()
        assert 0 < spool.size <= 100_000
        stream.write(b"SECRETSECRET\n")
    spool.finish(Masker())
    assert b"SECRETSECRET" not in (tmp_path / "kept").read_bytes()


async def test_command_output_is_masked(run: Run) -> None:
    ran = await run("echo $DEPLOY_TOKEN; DB_PASSWORD=fresh-from-here; echo $DB_PASSWORD >&2")
    assert (ran.out, ran.err) == ("***\n", "***\n")
    assert (await run("echo $DB_PASSWORD")).out == "***\n"


async def test_raw_output_is_gone(run: Run, tmp_path: Path) -> None:
    await run("echo $DEPLOY_TOKEN")
    assert not list((tmp_path / "run").glob("*raw*"))
