"""The keys that gonogo.toml may have for a service, and how their texts become numbers."""

from __future__ import annotations

import ipaddress
from typing import Annotated, Literal

import msgspec

from gonogo.kernel.config import ConfigError
from gonogo.kernel.durations import parse_duration
from gonogo.kernel.signals import parse_quantity, to_base
from gonogo.services.spec import Driver

Count = Annotated[int, msgspec.Meta(ge=1)]
RunBy = Literal["systemd", "compose", "kubernetes", "pm2"]


class HealthTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``health``: without a path a TCP connection is enough."""

    path: str | None = None
    every: str = "5s"
    timeout: str = "2s"
    healthy_after: Count = 1
    unhealthy_after: Count = 3
    ready_within: str = "60s"


class RestartTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``restart``: waits between restarts and when to give up."""

    first: str = "100ms"
    most: str = "30s"
    attempts: Count = 10
    within: str = "10m"


class LogsTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``logs``: when a file is put aside, and how many of those are kept."""

    size: str = "10MB"
    keep: Count = 5


class VersionTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``versions.NAME``: what a version has different from the service."""

    command: list[str] | None = None
    cwd: str | None = None
    env: dict[str, str] = {}
    env_file: str | None = None


class _Started(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    command: list[str]
    cwd: str = "."
    env: dict[str, str] = {}
    env_file: str | None = None
    depends_on: list[str] = []
    restart: RestartTable = RestartTable()
    logs: LogsTable = LogsTable()
    autostart: bool = True


class ServiceTable(_Started, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """``[services.NAME]``."""

    listen: str | None = None
    port: Annotated[int, msgspec.Meta(ge=1, le=65535)] | None = None
    driver: Driver | None = None
    replicas: Count = 1
    health: HealthTable = HealthTable()
    drain: str = "30s"
    stop_within: str = "10s"
    user: str | None = None
    warm: bool = False
    versions: dict[str, VersionTable] = {}


class TunnelTable(_Started, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """``[tunnels.NAME]``."""

    url_pattern: str | None = None
    url_api: str | None = None
    check: str | None = "/"
    every: str = "30s"
    timeout: str = "10s"


class ForeignTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """``[services.NAME]`` with ``run_by``: something else runs it. ``target`` is its name there."""

    run_by: RunBy
    target: str | None = None
    file: str | None = None
    namespace: str | None = None
    context: str | None = None


def read_seconds(at: str, key: str, text: str) -> float:
    """A duration of gonogo.toml in seconds. Raises ``ConfigError``."""
    try:
        return parse_duration(text)
    except ValueError as error:
        raise ConfigError(f"{at} {key}: '{text}' is no duration; write one like 200ms, 30s or 15m.") from error


def read_size(at: str, key: str, text: str) -> int:
    """A size such as ``10MB`` in bytes. Raises ``ConfigError``."""
    try:
        quantity = parse_quantity(text)
        size = int(to_base(quantity.value, quantity.unit))
    except ValueError as error:
        raise ConfigError(f"{at} {key}: {error}.") from error
    if not quantity.unit.endswith("B") or size < 1000:
        raise ConfigError(f"{at} {key}: '{text}' is no size of at least 1KB; write one like 10MB.")
    return size


def read_address(at: str, text: str) -> str:
    """``HOST:PORT`` with an IPv4 address. Raises ``ConfigError``."""
    host, _, port = text.rpartition(":")
    host = {"localhost": "127.0.0.1", "*": "0.0.0.0", "": "0.0.0.0"}.get(host, host)
    if not port.isdecimal() or not 0 < int(port) < 65536:
        raise ConfigError(f"{at} listen: '{text}' needs a port from 1 to 65535; write 127.0.0.1:8080.")
    try:
        ipaddress.IPv4Address(host)
    except ValueError as error:
        raise ConfigError(f"{at} listen: '{host}' is no IPv4 address; write 127.0.0.1:8080 or 0.0.0.0:8080.") from error
    return f"{host}:{port}"
