"""Headers on every answer, the closed doors of the browser, and what production refuses."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from gonogo.kernel.config import Config, ConfigError, load_config
from gonogo.kernel.http.security import HEADERS
from gonogo.kernel.kernel import Kernel
from gonogo.kernel.production import check_production
from tests.conftest import run_server
from tests.fake_clock import FakeClock
from tests.people import Server

HTML = {"Accept": "text/html"}


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/", 200),
        ("/", 401),
        ("/health", 200),
        ("/api/people", 200),
        ("/api/people", 401),
        ("/api/people?x=1", 403),
        ("/nothing", 404),
        ("/sign-out", 405),
        ("/static/css/tokens.css", 200),
        ("/static/nothing.css", 404),
    ],
)
async def test_every_answer_carries_the_headers(server: Server, path: str, status: int) -> None:
    client = {401: server.stranger, 403: server.viewer}.get(status, server.admin)
    for accept in ({}, HTML):
        answer = await client.get(path, headers=accept)
        assert answer.status_code == status
        assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS
        assert answer.headers["cache-control"]


async def test_https_is_for_good(server: Server, config: Config, clock: FakeClock) -> None:
    assert "strict-transport-security" not in (await server.stranger.get("/sign-in")).headers
    home = f"{config.home}-public"
    public = msgspec.structs.replace(config, home=home, public_url="https://public.example")
    async with run_server(public, clock) as behind_tls:
        for path in ("/sign-in", "/nothing", "/static/css/tokens.css"):
            answer = await behind_tls.stranger.get(path)
            assert answer.headers["strict-transport-security"] == "max-age=31536000"


async def test_the_content_policy_allows_nothing_inline(server: Server) -> None:
    policy = (await server.admin.get("/")).headers["content-security-policy"]
    assert "unsafe" not in policy
    assert "default-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy


@pytest.mark.parametrize(
    ("path", "caching"),
    [
        ("/api/people", "no-store"),
        ("/static/css/tokens.css", "no-cache"),
        ("/static/css/tokens.css?v=12345678", "public, max-age=31536000, immutable"),
    ],
)
async def test_only_static_files_are_kept_by_browsers(server: Server, path: str, caching: str) -> None:
    assert (await server.admin.get(path)).headers["cache-control"] == caching


@pytest.mark.parametrize("path", ["/static/../app.py", "/static/%2e%2e/app.py", "/static//etc/passwd"])
async def test_static_files_end_at_their_folder(server: Server, path: str) -> None:
    assert (await server.stranger.get(path)).status_code == 404


async def test_other_sites_read_nothing_by_default(server: Server) -> None:
    answer = await server.admin.get("/api/people", headers={"Origin": "https://app.example"})
    assert "access-control-allow-origin" not in answer.headers


@pytest.fixture
async def open_server(config: Config, clock: FakeClock) -> AsyncIterator[Server]:
    home = f"{config.home}-open"
    config = msgspec.structs.replace(config, home=home, cors_origins="https://app.example", public_docs=True)
    async with run_server(config, clock) as server:
        yield server


async def test_sites_that_are_named_may(open_server: Server) -> None:
    for origin, allowed in (("https://app.example", "https://app.example"), ("https://evil.example", None)):
        answer = await open_server.admin.get("/api/people", headers={"Origin": origin})
        assert answer.headers.get("access-control-allow-origin") == allowed
        assert "access-control-allow-credentials" not in answer.headers


@pytest.mark.parametrize("path", ["/api/schema", "/api/schema/openapi.json"])
async def test_the_api_is_described_to_who_is_signed_in(server: Server, open_server: Server, path: str) -> None:
    assert (await server.stranger.get(path)).status_code == 401
    assert (await server.viewer.get(path)).json()["info"]["title"] == "Gonogo"
    assert (await open_server.stranger.get(path)).status_code == 200


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("secret_key", "short"),
        ("secret_key", "change-me-change-me-change-me-change-me"),
        ("secret_key", "secretsecretsecretsecretsecretsecret"),
        ("admin_password", "Change-Me-1234"),
        ("admin_password", "admin-password-1"),
        ("debug", True),
        ("cors_origins", "https://app.example, *"),
        ("public_docs", True),
        ("secret_key", "a" * 32),
        ("settings_key", "x"),
        ("admin_password", "123456789012"),
        ("admin_password", "qwertyuiop1234567890"),
        ("host", "0.0.0.0"),
        ("host", "::"),
        ("webhooks_allow", "10.0.0.0/8, 0.0.0.0/0"),
        ("webhooks_allow", "::/0"),
        ("webhooks_allow", "*"),
        ("trusted_proxies", "0.0.0.0/0"),
        ("allowed_hosts", "*"),
        ("admin_password", "Xk9-2!qLm"),
        ("settings_key", "Xk9-2!qLm" * 4),
        ("secret_key", "welcome-dragon-welcome-dragon-1234"),
    ],
)
async def test_production_refuses_to_start(config: Config, clock: FakeClock, option: str, value: Any) -> None:
    config = msgspec.structs.replace(config, **{option: value})
    check_production(config)
    with pytest.raises(ConfigError, match=f"'{option}'"):
        async with Kernel(msgspec.structs.replace(config, environment="production"), clock=clock):
            pass
    assert not config.folder.exists()


@pytest.mark.parametrize("name", ["prod", "Production", "LIVE", " staging "])
def test_production_goes_by_several_names(config: Config, name: str) -> None:
    with pytest.raises(ConfigError, match="'debug'"):
        check_production(msgspec.structs.replace(config, environment=name, debug=True))


def test_an_address_behind_tls_may_be_reached(config: Config) -> None:
    good = {"environment": "production", "host": "0.0.0.0", "public_url": "https://gonogo.example.test"}
    good["trusted_proxies"] = "10.0.0.1"
    check_production(msgspec.structs.replace(config, **good, admin_password="velvet-tractor-41-moss", secret_key=""))


def test_production_tells_every_reason_at_once_and_where_it_was_set() -> None:
    environ = {"GONOGO_ENVIRONMENT": "production", "GONOGO_SECRET_KEY": "short", "GONOGO_DEBUG": "true"}
    with pytest.raises(ConfigError) as refused:
        check_production(load_config(environ))
    assert "'secret_key' (environment GONOGO_SECRET_KEY)" in str(refused.value)
    assert "'debug' (environment GONOGO_DEBUG)" in str(refused.value)


@pytest.mark.parametrize(("mode", "refused"), [(0o644, True), (0o640, True), (0o600, False)])
def test_secrets_that_others_can_read(
    config: Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mode: int, refused: bool
) -> None:
    monkeypatch.chdir(tmp_path)
    kept = {"gonogo.toml": 'secret_key = "uYqT3n-0cZf9w7KxV2aRb5LmE8sJhP4d"\n', "home/secret.key": "x" * 48}
    config.folder.mkdir()
    for name, text in kept.items():
        (tmp_path / name).write_text(text)
        (tmp_path / name).chmod(mode)
    loaded = load_config({"GONOGO_HOME": str(config.folder), "GONOGO_ENVIRONMENT": "production"})
    if not refused:
        check_production(loaded)
        return
    with pytest.raises(ConfigError) as told:
        check_production(loaded)
    for name in kept:
        assert f"{name} has the mode {mode:04o}" in str(told.value)


def test_a_proxy_in_front_has_to_be_named(config: Config) -> None:
    good = {"environment": "production", "admin_password": "", "public_url": "https://gonogo.example.test"}
    behind = msgspec.structs.replace(config, **good)
    with pytest.raises(ConfigError, match="'trusted_proxies'"):
        check_production(behind)
    check_production(msgspec.structs.replace(behind, trusted_proxies="127.0.0.1"))


async def test_production_starts_with_good_secrets(config: Config, clock: FakeClock) -> None:
    good = {"secret_key": "uYqT3n-0cZf9w7KxV2aRb5LmE8sJhP4d", "admin_password": "velvet-tractor-41-moss"}
    async with Kernel(msgspec.structs.replace(config, environment="production", **good), clock=clock):
        pass
