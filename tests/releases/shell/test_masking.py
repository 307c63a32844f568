"""Secrets never reach the kept evidence, however they arrive."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from gonogo.kernel.secrets.masking import Masker, find_secrets, is_secret_name
from gonogo.releases.shell.stream import MaskedStream
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
def test_chunks_mask_alike(pieces: list[str], cuts: list[int]) -> None:
    data = "".join(pieces).encode()
    masker = Masker(SECRETS)
    stream, masked, start = MaskedStream(masker), b"", 0
    for cut in sorted({min(cut, len(data)) for cut in cuts} | {len(data)}):
        masked += stream.feed(data[start:cut])
        assert b"hunter-two" not in masked
        start = cut
    assert masked + stream.finish() == masker.mask(data)


def test_long_line_is_not_held_for_ever() -> None:
    stream = MaskedStream(Masker())
    first = stream.feed(b"word " * 40_000 + b"Bearer ")
    assert 0 < len(first) <= 200_000
    assert b"SECRETSECRET" not in first + stream.feed(b"SECRETSECRET\n") + stream.finish()


async def test_command_output_is_masked(run: Run) -> None:
    ran = await run("echo $DEPLOY_TOKEN; DB_PASSWORD=fresh-from-here; echo $DB_PASSWORD >&2")
    assert (ran.out, ran.err) == ("***\n", "***\n")
    assert (await run("echo $DB_PASSWORD")).out == "***\n"


async def test_raw_output_is_gone(run: Run, tmp_path: Path) -> None:
    await run("echo $DEPLOY_TOKEN")
    assert not list((tmp_path / "run").glob("*raw*"))
