"""What gonogo.toml may say of services, and what is said of what it may not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from gonogo.kernel.config import ConfigError
from gonogo.services.definition import read_definitions, read_foreign

BASE = Path("/srv")
GOOD: dict[str, Any] = {"command": ["app"], "listen": "127.0.0.1:8080"}


def read(**services: Any) -> Any:
    return read_definitions({"services": services}, BASE)


def test_everything_that_can_be_said() -> None:
    table = {
        "command": ["uvicorn", "app:app", "--fd", "{fd}"],
        "listen": "localhost:8080",
        "replicas": 2,
        "health": {"path": "/health", "every": "5s", "timeout": "2s", "healthy_after": 2},
        "drain": "30s",
        "env_file": ".env.production",
        "cwd": "app",
        "user": "www-data",
        "restart": {"first": "200ms", "most": "1m", "attempts": 5, "within": "5m"},
        "logs": {"size": "1MB", "keep": 3},
        "depends_on": ["db"],
    }
    found = read(web=table, db={"command": ["postgres"]})
    assert list(found) == ["db", "web"]
    spec = found["web"].spec
    assert (spec.driver, spec.listen, spec.launch.cwd) == ("socket", "127.0.0.1:8080", "/srv/app")
    assert (spec.health.every, spec.drain, spec.restart.first, spec.logs.size) == (5.0, 30.0, 0.2, 1_000_000)


@pytest.mark.parametrize(
    ("table", "told"),
    [
        ({}, "[services.web] This needs the field 'command'"),
        ({"command": []}, "[services.web] command: name the program"),
        (GOOD | {"comand": 1}, "There is no field 'comand' here; there are command, cwd"),
        (GOOD | {"env": {"A=B": "1"}}, "[services.web] env: 'A=B' can't be the name of a variable"),
        (GOOD | {"listen": "127.0.0.1"}, "needs a port from 1 to 65535"),
        (GOOD | {"listen": "example:80"}, "'example' is no IPv4 address"),
        (GOOD | {"drain": "soon"}, "[services.web] drain: 'soon' is no duration; write one like"),
        (GOOD | {"port": 80}, "gives both 'listen' and 'port'"),
        (GOOD | {"command": ["app", "{port}"]}, "say how traffic moves between versions"),
        (GOOD | {"command": ["app", "{fd}"], "driver": "caddy"}, "{fd} is the socket of driver 'socket'"),
        ({"command": ["app", "{fd}"]}, "give its address as 'listen'"),
        ({"command": ["app"], "driver": "nginx"}, "give 'listen', too"),
        ({"command": ["app"], "port": 80, "replicas": 2}, "2 processes can't share port 80"),
        ({"command": ["app"], "health": {"path": "/"}}, "nobody can be asked without an address"),
        (GOOD | {"health": {"path": "health"}}, "'health' must begin with a slash"),
        (GOOD | {"logs": {"size": "10s"}}, "'10s' is no size"),
        (GOOD | {"depends_on": ["db"]}, "there is no service 'db'"),
        (GOOD | {"driver": "caddyy"}, "'driver': There is no choice 'caddyy' here; there are caddy, haproxy"),
        (GOOD | {"command": "uvicorn app:app"}, "'command': Expected a list such as"),
        (GOOD | {"replicas": 0}, "'replicas': Expected a whole number of at least 1"),
    ],
)
def test_a_fault_is_named_with_its_key(table: dict[str, Any], told: str) -> None:
    with pytest.raises(ConfigError) as error:
        read(web=table)
    assert told in str(error.value)


def test_services_that_wait_for_each_other() -> None:
    with pytest.raises(ConfigError, match="a → b → a wait for each other"):
        read(a={"command": ["a"], "depends_on": ["b"]}, b={"command": ["b"], "depends_on": ["a"]})


def test_names() -> None:
    with pytest.raises(ConfigError, match="small letters"):
        read(**{"My Service": GOOD})
    with pytest.raises(ConfigError, match="there is a service of this name"):
        read_definitions({"services": {"x": GOOD}, "tunnels": {"x": {"command": ["ngrok"]}}}, BASE)


def test_a_tunnel_knows_its_own_kind() -> None:
    found = read_definitions({"tunnels": {"out": {"command": ["ngrok", "http", "8080"]}}}, BASE)
    public = found["out"].spec.public
    assert public is not None
    assert public.api == "http://127.0.0.1:4040/api/tunnels"
    with pytest.raises(ConfigError, match="is not a valid regular expression"):
        read_definitions({"tunnels": {"out": {"command": ["ssh"], "url_pattern": "("}}}, BASE)


def test_what_something_else_runs() -> None:
    tables = {"services": {"db": {"run_by": "systemd", "target": "postgresql"}, "web": GOOD}}
    assert list(read_foreign(tables)) == ["db"]
    assert list(read_definitions(tables, BASE)) == ["web"]
    with pytest.raises(
        ConfigError, match="There is no choice 'upstart' here; there are compose, kubernetes, pm2, systemd"
    ):
        read_foreign({"services": {"db": {"run_by": "upstart"}}})
