"""Keys and tokens that nobody named a secret are masked by their shape, in time that grows with the data alone."""

from __future__ import annotations

import random
import string
import time

import pytest

from gonogo.kernel.secrets.masking import MASK, Masker
from gonogo.releases.shell.stream import MaskedStream

LETTERS = string.ascii_letters + string.digits


def make(length: int, alphabet: str = LETTERS) -> str:
    """Made up here: nothing that looks like a credential is written down in this project."""
    return "".join(random.Random(length).choices(alphabet, k=length))


UPPER = string.ascii_uppercase + string.digits
TOKENS = [
    "gnk_" + make(43),
    "gns_" + make(43),
    "whsec_" + make(32),
    "AKIA" + make(16, UPPER),
    "ASIA" + make(16, UPPER),
    "ghp_" + make(36),
    "gho_" + make(36),
    "github_pat_" + make(60),
    "glpat-" + make(20),
    "xoxb-" + make(12, string.digits) + "-" + make(24),
    "sk-" + make(48),
    "sk-proj-" + make(60),
    "sk-ant-api03-" + make(80),
    "sk_live_" + make(24),
    "npm_" + make(36),
    "AIza" + make(35),
    "hvs." + make(40),
    "eyJ" + make(30) + ".eyJ" + make(60) + "." + make(43),
]


@pytest.mark.parametrize("token", TOKENS, ids=lambda token: token[:8])
@pytest.mark.parametrize(
    "text", ["{}", "TOKEN={}", "'{}'", "say {} here", "\x1b[33m{}\x1b[0m", "?key={}&x=1", "a,{},b"]
)
def test_token_is_masked_wherever_it_stands(token: str, text: str) -> None:
    masked = Masker().mask_text(text.format(token))
    assert token not in masked
    assert token[-12:] not in masked
    assert "***" in masked


@pytest.mark.parametrize("token", TOKENS, ids=lambda token: token[:8])
def test_token_in_two_chunks_is_masked(token: str) -> None:
    for cut in range(1, len(token)):
        stream = MaskedStream(Masker())
        data = f"before {token} after\n".encode()
        masked = stream.feed(data[: 7 + cut]) + stream.feed(data[7 + cut :]) + stream.finish()
        assert masked == b"before *** after\n"


@pytest.mark.parametrize(
    "text",
    [
        "Authorization: Bearer {}",
        "authorization: token {}",
        '"Authorization": "Basic {}"',
        "> X-Api-Key: {}",
        "-H 'PRIVATE-TOKEN: {}'",
        "X-Auth-Token={}",
        "postgres://app:{}@db/shop",
        "amqps://:{}@queue",
    ],
)
def test_credentials_are_known_by_what_stands_around_them(text: str) -> None:
    secret = make(24)
    assert Masker().mask_text(text.format(secret)) == text.format("***")


@pytest.mark.parametrize(
    "text",
    [
        "disk-usage-of-all-the-machines-in-the-region",
        "task-force-of-42-people",
        "eyJust a word",
        "http://host:8080/path",
        "15/15 tests passing",
        "AKIA is how they begin",
    ],
)
def test_plain_text_stays(text: str) -> None:
    assert Masker().mask_text(text) == text


@pytest.mark.parametrize("form", ["plain", "quoted", "base64", "json"])
def test_secret_in_another_writing(form: str) -> None:
    import base64
    import json
    from urllib.parse import quote

    secret = 'pa"ss/wo rd\\ ü and more'
    written = {
        "plain": secret,
        "quoted": quote(secret, safe=""),
        "base64": base64.b64encode(secret.encode()).decode(),
        "json": json.dumps(secret)[1:-1],
    }[form]
    masked = Masker([secret]).mask_text(f"<{written}>")
    assert masked.startswith("<***")
    assert len(masked) <= len("<***xxx>")


def test_lines_of_a_secret_are_masked_one_by_one() -> None:
    masked = Masker(["first line of it\nsecond line of it"]).mask_text("  first line of it\r\n  second line of it\r\n")
    assert masked == "  ***\r\n  ***\r\n"


HOSTILE = {
    "one letter": b"a" * 1_000_000,
    "schemes": b"a+" * 500_000,
    "urls": b"http://u:" * 100_000,
    "half tokens": b"eyJ" * 330_000,
    "half keys": b"-----BEGIN PRIVATE KEY-----" * 37_000,
    "half keys on lines": b"-----BEGIN PRIVATE KEY-----\n" * 36_000,
    "bearers": b"bearer " * 140_000,
    "blanks": b"authorization:" + b" " * 1_000_000,
    "headers": b"authorization: a " * 60_000,
    "sk": b"sk-" * 330_000,
    "nearly the secret": b"aaaaaaaaab" * 100_000,
    "newlines": b"\n" * 1_000_000,
    "dots": b"eyJaaaaaaaaaaaaa." * 60_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_megabyte_takes_no_time(name: str) -> None:
    data = HOSTILE[name]
    masker = Masker(["a" * 60 + "c", "line one\nline two", make(3000)])
    stream, began = MaskedStream(masker), time.process_time()
    for at in range(0, len(data), 65_536):
        stream.feed(data[at : at + 65_536])
    stream.finish()
    assert time.process_time() - began < 3.0


def test_key_block_without_an_end_hides_what_follows_it() -> None:
    masked = Masker().mask(b"x -----BEGIN EC PRIVATE KEY-----\nabc\ndef")
    assert masked == b"x -----BEGIN EC PRIVATE KEY-----" + MASK
