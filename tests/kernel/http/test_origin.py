"""The names that a server goes by, and the pages that are its own."""

from __future__ import annotations

import pytest

from gonogo.kernel.config import Config
from gonogo.kernel.http.origin import CrossSite, Origins, UnknownHost, find_scheme, is_https

PUBLIC = Origins("https://gonogo.example", "127.0.0.1", "team, *.lan.example")


@pytest.mark.parametrize(
    "host",
    [
        "gonogo.example",
        "GONOGO.example:443",
        "gonogo.example.",
        "localhost:8700",
        "127.0.0.1:8700",
        "127.9.9.9",
        "[::1]:8700",
        "team:80",
        "web.lan.example",
        "192.0.2.5:8700",
    ],
)
def test_names_of_this_server(host: str) -> None:
    PUBLIC.refuse_unknown_host(host, "192.0.2.5")


@pytest.mark.parametrize(
    "host",
    [None, "", "evil.example", "gonogo.example.evil.test", "xgonogo.example", "lan.example", "192.0.2.6", "[::2]", ":"],
)
def test_names_of_others(host: str | None) -> None:
    with pytest.raises(UnknownHost, match="GONOGO_PUBLIC_URL") as refused:
        PUBLIC.refuse_unknown_host(host, "192.0.2.5")
    assert (refused.value.status, refused.value.field) == (421, "Host")


def test_a_machines_own_name_counts_where_others_reach_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("socket.gethostname", lambda: "Prod-1")
    Origins("", "0.0.0.0", "").refuse_unknown_host("prod-1:8700", "192.0.2.5")
    with pytest.raises(UnknownHost):
        Origins("", "127.0.0.1", "").refuse_unknown_host("prod-1:8700", "127.0.0.1")


@pytest.mark.parametrize(
    ("origin", "scheme", "host", "ours"),
    [
        ("https://gonogo.example", "http", "gonogo.example", True),
        ("https://gonogo.example:443", "http", "gonogo.example", True),
        ("http://gonogo.example", "http", "gonogo.example", False),
        ("https://gonogo.example:8443", "http", "gonogo.example", False),
        ("http://127.0.0.1:8700", "http", "127.0.0.1:8700", True),
        ("https://127.0.0.1:8700", "http", "127.0.0.1:8700", False),
        ("http://127.0.0.1:9999", "http", "127.0.0.1:8700", False),
        ("https://team", "https", "team", True),
        ("null", "http", "team", False),
        ("", "http", "", False),
        ("https://[", "http", "team", False),
        ("https://gonogo.example:port", "http", "team", False),
    ],
)
def test_an_origin_is_a_scheme_too(origin: str, scheme: str, host: str, ours: bool) -> None:
    if ours:
        PUBLIC.refuse_cross_site(None, origin, scheme, host, proof_needed=True)
        return
    with pytest.raises(CrossSite):
        PUBLIC.refuse_cross_site(None, origin, scheme, host, proof_needed=True)


@pytest.mark.parametrize(
    ("trusted", "sent", "scheme"),
    [
        ("", b"https", "http"),
        ("10.0.0.9", b"https", "http"),
        ("10.0.0.0/24", b"https", "https"),
        ("10.0.0.5", b"https, http", "https"),
        ("10.0.0.5", b"gopher", "http"),
        ("10.0.0.5", None, "http"),
    ],
)
def test_a_trusted_proxy_says_what_the_browser_speaks(trusted: str, sent: bytes | None, scheme: str) -> None:
    headers = [] if sent is None else [(b"x-forwarded-proto", sent)]
    scope = {"scheme": "http", "client": ("10.0.0.5", 1), "headers": headers}
    assert find_scheme(scope, Config(trusted_proxies=trusted)) == scheme  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("scheme", "public", "https"), [("ws", "", False), ("wss", "", True), ("http", "https://x", True)]
)
def test_where_browsers_come_by_tls(scheme: str, public: str, https: bool) -> None:
    scope = {"scheme": scheme, "client": None, "headers": []}
    assert is_https(scope, Config(public_url=public)) is https  # type: ignore[arg-type]
