"""``[services]`` and ``[tunnels]`` of gonogo.toml, read with errors that name the key, the rule and the way out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import msgspec

from gonogo.kernel.config import ConfigError
from gonogo.kernel.patterns import BadPattern, compile_pattern
from gonogo.kernel.phrasing import phrase_error
from gonogo.services.reading import (
    ForeignTable,
    HealthTable,
    LogsTable,
    RestartTable,
    ServiceTable,
    TunnelTable,
    VersionTable,
    read_address,
    read_seconds,
    read_size,
)
from gonogo.services.spec import (
    PROXIES,
    Driver,
    Health,
    Launch,
    Logs,
    PublicUrl,
    Restart,
    ServiceSpec,
    find_launch_fault,
)

Kind = Literal["service", "tunnel", "foreign"]
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}\Z")
_URL = {
    "ngrok": PublicUrl(api="http://127.0.0.1:4040/api/tunnels", pattern=r"url=(https://\S+)"),
    "cloudflared": PublicUrl(pattern=r"(https://[a-z0-9-]+\.trycloudflare\.com)"),
}


class Definition(msgspec.Struct, frozen=True, kw_only=True):
    """One service as gonogo.toml declares it. ``spec.launch.version`` is empty: versions are named when they start."""

    name: str
    kind: Kind
    spec: ServiceSpec
    versions: dict[str, VersionTable] = {}
    depends_on: tuple[str, ...] = ()
    autostart: bool = True


class ForeignDefinition(msgspec.Struct, frozen=True, kw_only=True):
    """A service that something else runs."""

    name: str
    run_by: Literal["systemd", "compose", "kubernetes", "pm2"]
    target: str
    file: str | None = None
    namespace: str | None = None
    context: str | None = None


def read_foreign(tables: Mapping[str, Mapping[str, Any]]) -> dict[str, ForeignDefinition]:
    """The services with ``run_by``. Raises ``ConfigError``."""
    found = {}
    for name, raw in tables.get("services", {}).items():
        if _is_foreign(raw):
            table = _convert("services", name, raw, ForeignTable)
            fields = msgspec.structs.asdict(table) | {"target": table.target or name}
            found[name] = ForeignDefinition(name=name, **fields)
    return found


def _is_foreign(raw: Any) -> bool:
    return isinstance(raw, dict) and "run_by" in raw


def read_definitions(tables: Mapping[str, Mapping[str, Any]], base: Path, run_as: str = "") -> dict[str, Definition]:
    """Every service and tunnel that Gonogo keeps, in an order in which they can start. Raises ``ConfigError``.

    ``base`` is where relative working directories start, ``run_as`` the user of services that name none.
    """
    found: dict[str, Definition] = {}
    for name, raw in tables.get("services", {}).items():
        if not _is_foreign(raw):
            found[name] = _read_service(name, _convert("services", name, raw, ServiceTable), base)
    for name, raw in tables.get("tunnels", {}).items():
        if name in found:
            raise ConfigError(f"[tunnels.{name}]: there is a service of this name; give the tunnel another one.")
        found[name] = _read_tunnel(name, _convert("tunnels", name, raw, TunnelTable), base)
    if run_as:
        found = {name: _let_run_as(definition, run_as) for name, definition in found.items()}
    return sort_by_needs(found)


def _let_run_as(definition: Definition, user: str) -> Definition:
    spec = msgspec.structs.replace(definition.spec, user=definition.spec.user or user)
    return msgspec.structs.replace(definition, spec=spec)


def sort_by_needs(found: Mapping[str, Definition]) -> dict[str, Definition]:
    """The same, what is needed before what needs it. Raises ``ConfigError``."""
    ordered: dict[str, Definition] = {}

    def place(name: str, needing: tuple[str, ...]) -> None:
        if name in needing:
            ring = " → ".join((*needing[needing.index(name) :], name))
            raise ConfigError(f"[services.{name}] depends_on: {ring} wait for each other; leave one of them out.")
        if name in ordered:
            return
        for needed in found[name].depends_on:
            if needed not in found:
                raise ConfigError(f"[services.{name}] depends_on: there is no service '{needed}' in gonogo.toml.")
            place(needed, (*needing, name))
        ordered[name] = found[name]

    for name in found:
        place(name, ())
    return ordered


def _convert(table: str, name: str, raw: Any, kind: type[Any]) -> Any:
    if not _NAME.match(name):
        raise ConfigError(f"[{table}.{name}]: a name has small letters, digits, - and _, and at most 63 of them.")
    try:
        return msgspec.convert(raw, kind)
    except msgspec.ValidationError as error:
        raise ConfigError(
            f"[{table}.{name}] {phrase_error(error, kind)}. docs/reference/services.md lists the keys."
        ) from error


def _read_service(name: str, table: ServiceTable, base: Path) -> Definition:
    at = f"[services.{name}]"
    driver = _choose_driver(at, table)
    _check_place(at, table, driver)
    spec = ServiceSpec(
        name=name,
        launch=_make_launch(at, table.command, table.cwd, table.env, table.env_file, base),
        listen=read_address(at, table.listen) if table.listen else None,
        port=table.port,
        driver=driver,
        replicas=table.replicas,
        health=_read_health(at, table.health),
        drain=read_seconds(at, "drain", table.drain),
        stop_within=read_seconds(at, "stop_within", table.stop_within),
        user=table.user,
        restart=_read_restart(at, table.restart),
        logs=_read_logs(at, table.logs),
        warm=table.warm,
    )
    return Definition(
        name=name,
        kind="service",
        spec=spec,
        versions=table.versions,
        depends_on=tuple(table.depends_on),
        autostart=table.autostart,
    )


def _read_tunnel(name: str, table: TunnelTable, base: Path) -> Definition:
    at = f"[tunnels.{name}]"
    known = (
        _URL.get(Path(table.command[0]).name, PublicUrl(pattern=r"(https?://\S+)")) if table.command else PublicUrl()
    )
    pattern = table.url_pattern or known.pattern
    try:
        compile_pattern(pattern or "")
    except BadPattern as error:
        raise ConfigError(f"{at} url_pattern: '{pattern}' is not a valid regular expression: {error}.") from error
    public = PublicUrl(pattern=pattern, api=table.url_api or known.api, check=table.check)
    every = read_seconds(at, "every", table.every)
    spec = ServiceSpec(
        name=name,
        launch=_make_launch(at, table.command, table.cwd, table.env, table.env_file, base),
        health=Health(every=every, timeout=read_seconds(at, "timeout", table.timeout)),
        restart=_read_restart(at, table.restart),
        logs=_read_logs(at, table.logs),
        public=public,
    )
    return Definition(
        name=name, kind="tunnel", spec=spec, depends_on=tuple(table.depends_on), autostart=table.autostart
    )


def _choose_driver(at: str, table: ServiceTable) -> Driver:
    words = " ".join(table.command)
    if table.driver is not None:
        if table.driver != "none" and table.listen is None:
            raise ConfigError(f"{at} driver: '{table.driver}' moves traffic between versions, so give 'listen', too.")
        if "{fd}" in words and table.driver != "socket":
            raise ConfigError(
                f"{at} command: {{fd}} is the socket of driver 'socket'; with '{table.driver}' use {{port}}."
            )
        return table.driver
    if table.listen is None:
        return "none"
    if "{port}" in words:
        raise ConfigError(
            f"{at} command: with 'listen' and {{port}}, say how traffic moves between versions: "
            f'driver = "reuseport" when the program sets SO_REUSEPORT, or {", ".join(PROXIES)}.'
        )
    return "socket"


def _check_place(at: str, table: ServiceTable, driver: Driver) -> None:
    if table.listen and table.port:
        raise ConfigError(
            f"{at} gives both 'listen' and 'port': 'listen' can be swapped, 'port' is taken by the program."
        )
    if "{fd}" in " ".join(table.command) and driver != "socket":
        raise ConfigError(f"{at} command: {{fd}} is a socket that Gonogo opens; give its address as 'listen'.")
    if table.port and table.replicas > 1:
        raise ConfigError(f"{at} replicas: {table.replicas} processes can't share port {table.port}; give 'listen'.")
    if table.health.path is not None and not (table.listen or table.port):
        raise ConfigError(f"{at} health.path: nobody can be asked without an address; give 'listen' or 'port'.")
    if table.replicas > 100:
        raise ConfigError(f"{at} replicas: {table.replicas} is more than 100.")


def _make_launch(
    at: str, command: list[str], cwd: str, env: Mapping[str, str], env_file: str | None, base: Path
) -> Launch:
    if not command or not command[0]:
        raise ConfigError(f"{at} command: name the program and its arguments as a list of strings.")
    folder = base / Path(cwd).expanduser()
    launch = Launch(version="", command=tuple(command), cwd=str(folder), env=dict(env), env_file=env_file)
    if (fault := find_launch_fault(launch)) is not None:
        raise ConfigError(f"{at} {fault[0]}: {fault[1]}")
    return launch


def _read_health(at: str, table: HealthTable) -> Health:
    if table.path is not None and not table.path.startswith("/"):
        raise ConfigError(f"{at} health.path: '{table.path}' must begin with a slash.")
    return Health(
        path=table.path,
        every=read_seconds(at, "health.every", table.every),
        timeout=read_seconds(at, "health.timeout", table.timeout),
        healthy_after=table.healthy_after,
        unhealthy_after=table.unhealthy_after,
        ready_within=read_seconds(at, "health.ready_within", table.ready_within),
    )


def _read_restart(at: str, table: RestartTable) -> Restart:
    return Restart(
        first=read_seconds(at, "restart.first", table.first),
        most=read_seconds(at, "restart.most", table.most),
        attempts=table.attempts,
        within=read_seconds(at, "restart.within", table.within),
    )


def _read_logs(at: str, table: LogsTable) -> Logs:
    return Logs(size=read_size(at, "logs.size", table.size), keep=table.keep)
