"""Configuration: ``GONOGO_*`` environment over ``gonogo.toml`` over defaults, each value with its origin."""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec

from gonogo.kernel.data_folder import find_data_folder
from gonogo.kernel.environment import read_environment
from gonogo.kernel.phrasing import phrase_error

TABLES = (
    "signals",
    "roles",
    "hosts",
    "services",
    "tunnels",
    "alerts",
    "checks",
    "logs",
    "jobs",
    "providers",
    "routes",
    "backup",
    "releases",
    "incidents",
    "audit",
)
"""Tables of ``gonogo.toml`` that belong to a room and are read by it."""

SECTIONS: Mapping[str, tuple[str, ...]] = {"jobs": ("agents",), "releases": (), "audit": ()}
"""Tables whose entries are settings too: ``url`` in ``[jobs]`` is ``jobs_url``. With each, what else its room reads."""


_FILE = "gonogo.toml"
SECRET = {"secret": "value"}
SECRET_IN_ADDRESS = {"secret": "password"}
"""How an option says where it is declared that it holds a secret: its value, or the password in its address."""


class ConfigError(Exception):
    """The configuration can't be used; the message names the key, where it was set, and the rule."""


class Config(msgspec.Struct, frozen=True, kw_only=True):
    """Every setting that is fixed for the life of the process. Each field's text is its documentation."""

    home: Annotated[str, msgspec.Meta(description="Data folder: database, keys, evidence.")] = ".gonogo"
    host: Annotated[str, msgspec.Meta(description="Address to listen on.")] = "127.0.0.1"
    port: Annotated[int, msgspec.Meta(ge=0, le=65535, description="Port to listen on; 0 takes a free one.")] = 8700
    environment: Annotated[str, msgspec.Meta(description="Name shown in the header: development, production, …")] = (
        "development"
    )
    admin_email: Annotated[str, msgspec.Meta(description="E-mail of the administrator made at first start.")] = (
        "admin@localhost"
    )
    admin_password: Annotated[
        str,
        msgspec.Meta(
            description="That administrator's password; empty generates one and keeps it in a 0600 file.", extra=SECRET
        ),
    ] = ""
    secret_key: Annotated[
        str, msgspec.Meta(description="Key that signs tokens; empty generates one in the data folder.", extra=SECRET)
    ] = ""
    settings_key: Annotated[
        str,
        msgspec.Meta(
            description="Key that encrypts secret settings and webhooks' secrets; empty generates one.", extra=SECRET
        ),
    ] = ""
    database_synchronous: Annotated[
        Literal["FULL", "NORMAL"],
        msgspec.Meta(description="SQLite durability: FULL survives power loss, NORMAL survives a killed process."),
    ] = "FULL"
    s3_endpoint: Annotated[
        str,
        msgspec.Meta(
            description="Address of the S3-compatible store that backups may go to, such as https://s3.host.",
            extra=SECRET_IN_ADDRESS,
        ),
    ] = ""
    s3_access_key: Annotated[str, msgspec.Meta(description="Access key of that store.", extra=SECRET)] = ""
    s3_secret_key: Annotated[str, msgspec.Meta(description="Secret key of that store.", extra=SECRET)] = ""
    assets_url: Annotated[
        str,
        msgspec.Meta(
            description="Where files made by jobs are kept: a folder, or s3://bucket/prefix.", extra=SECRET_IN_ADDRESS
        ),
    ] = ""
    s3_region: Annotated[str, msgspec.Meta(description="Region of that store.")] = "us-east-1"
    access_minutes: Annotated[
        int,
        msgspec.Meta(ge=1, le=1440, description="Life of an access token, minutes; a new password ends it at once."),
    ] = 60
    session_days: Annotated[int, msgspec.Meta(ge=1, le=365, description="Life of a browser session, days.")] = 14
    require_two_factor: Annotated[
        bool, msgspec.Meta(description="Administrators must set up two-factor sign-in before they do anything else.")
    ] = False
    log_level: Annotated[
        Literal["debug", "info", "warning", "error"], msgspec.Meta(description="Least severity that is logged.")
    ] = "info"
    log_format: Annotated[
        Literal["console", "json"], msgspec.Meta(description="Log lines for people or for machines.")
    ] = "console"
    debug: Annotated[bool, msgspec.Meta(description="Show the inside of unforeseen errors in answers.")] = False
    cors_origins: Annotated[
        str, msgspec.Meta(description="Sites whose scripts may call the API, separated by commas; empty allows none.")
    ] = ""
    public_docs: Annotated[bool, msgspec.Meta(description="Show /api/schema without a login.")] = False
    stranger_rate: Annotated[
        int, msgspec.Meta(ge=0, description="Requests a second from one address without a login; 0 for no limit.")
    ] = 100
    actor_rate: Annotated[
        int, msgspec.Meta(ge=0, description="Requests a second from one person or key; 0 for no limit.")
    ] = 0
    otlp_endpoint: Annotated[
        str,
        msgspec.Meta(
            description="Collector that is sent every signal by OTLP/HTTP; OTEL_EXPORTER_OTLP_ENDPOINT too.",
            extra=SECRET_IN_ADDRESS,
        ),
    ] = ""
    otlp_headers: Annotated[
        str,
        msgspec.Meta(
            description="Headers for it, name=value with commas between; OTEL_EXPORTER_OTLP_HEADERS too.", extra=SECRET
        ),
    ] = ""
    log_days: Annotated[
        int, msgspec.Meta(ge=0, le=3650, description="Days that Gonogo's own log files are kept; 0 writes none.")
    ] = 30
    audit_retention: Annotated[
        int, msgspec.Meta(ge=0, le=36500, description="Days that the event log is kept, then pruned; 0 keeps it all.")
    ] = 400
    trusted_proxies: Annotated[
        str,
        msgspec.Meta(
            description="Addresses or networks of proxies in front, split by commas; their X-Forwarded-For is believed."
        ),
    ] = ""
    public_url: Annotated[str, msgspec.Meta(description="Address under which browsers reach this server.")] = ""
    tls_cert: Annotated[
        str, msgspec.Meta(description="PEM file with the certificate chain: the server then speaks https itself.")
    ] = ""
    tls_key: Annotated[str, msgspec.Meta(description="PEM file with that certificate's key.")] = ""
    allowed_hosts: Annotated[
        str,
        msgspec.Meta(
            description="More names that requests may have for this server, split by commas: gonogo, *.example.org."
        ),
    ] = ""
    deliver_webhooks: Annotated[
        bool,
        msgspec.Meta(description="Deliver webhooks here; false leaves it to `gonogo webhooks deliver`."),
    ] = True
    webhooks_allow: Annotated[
        str, msgspec.Meta(description="Networks and hosts that webhooks may reach though not public, split by commas.")
    ] = ""
    jobs_allow: Annotated[
        str,
        msgspec.Meta(description="Networks and hosts that `http` jobs may reach though not public, split by commas."),
    ] = ""
    targets_allow: Annotated[
        str,
        msgspec.Meta(
            description="Networks and hosts that checks, scrapes, alerts and OTLP may reach beside public and private "
            "ones, split by commas: link-local addresses, where clouds serve metadata."
        ),
    ] = ""
    webhooks_keep_days: Annotated[
        int, msgspec.Meta(ge=1, le=3650, description="Days to keep webhooks that are over, and what came in.")
    ] = 30
    slack_webhook: Annotated[
        str,
        msgspec.Meta(
            description="Slack-compatible incoming webhook that is told of alerts (its address is a secret).",
            extra=SECRET,
        ),
    ] = ""
    alert_webhook: Annotated[
        str,
        msgspec.Meta(
            description="Address that is sent alerts as JSON (docs/how-to/be-told-of-alerts.md).", extra=SECRET
        ),
    ] = ""
    alert_webhook_secret: Annotated[
        str,
        msgspec.Meta(
            description="Secret (whsec_…) that signs those requests as Standard Webhooks has it.", extra=SECRET
        ),
    ] = ""
    alert_email_to: Annotated[
        str, msgspec.Meta(description="E-mail addresses that are told of alerts, separated by commas.")
    ] = ""
    alert_email_from: Annotated[str, msgspec.Meta(description="Sender of those e-mails.")] = "gonogo@localhost"
    smtp_url: Annotated[
        str,
        msgspec.Meta(
            description="Mail server: smtp://user:password@host:587, or smtps:// for TLS from the start.",
            extra=SECRET,
        ),
    ] = ""
    alert_cooldown: Annotated[
        str, msgspec.Meta(description="How long an alert that fires again is not told again.")
    ] = "15m"
    alert_reminder: Annotated[
        str, msgspec.Meta(description="When an alert that still fires is told again; 0s for never.")
    ] = "4h"
    alert_group_wait: Annotated[
        str, msgspec.Meta(description="How long a notification waits for more alerts to tell together.")
    ] = "10s"
    jobs_url: Annotated[
        str,
        msgspec.Meta(
            description="Queue of jobs: a postgresql:// or redis:// address; empty keeps it at home.",
            extra=SECRET_IN_ADDRESS,
        ),
    ] = ""
    jobs_ledger: Annotated[
        str,
        msgspec.Meta(
            description="What owns jobs when their queue is a Redis: a postgresql:// address; empty for the data "
            "folder's database, `none` for Redis alone.",
            extra=SECRET_IN_ADDRESS,
        ),
    ] = ""
    jobs_concurrency: Annotated[
        int, msgspec.Meta(ge=0, le=1000, description="Jobs at once of the built-in worker; 0 leaves all to others.")
    ] = 4
    jobs_connectors: Annotated[
        str, msgspec.Meta(description="Connectors of the built-in worker, separated by commas.")
    ] = "shell,http,python"
    jobs_modules: Annotated[
        str, msgspec.Meta(description="Modules with @job functions for the built-in worker, separated by commas.")
    ] = ""

    releases_four_eyes: Annotated[
        bool,
        msgspec.Meta(description="Somebody else than who started a release signs it; one account alone always may."),
    ] = True
    releases_pass_env: Annotated[
        str,
        msgspec.Meta(description="Variables that releases are given beside the usual ones: names or AWS_*, by commas."),
    ] = ""
    releases_run_as: Annotated[
        str, msgspec.Meta(description="User that the commands of releases run as on this machine; empty for Gonogo's.")
    ] = ""

    jobs_run_as: Annotated[
        str, msgspec.Meta(description="User that shell jobs run as on this machine (needs root); empty for Gonogo's.")
    ] = ""
    services_run_as: Annotated[
        str,
        msgspec.Meta(description="User that services without `user` run as (needs root); empty for Gonogo's."),
    ] = ""

    tables: dict[str, dict[str, Any]] = {}
    origins: dict[str, str] = {}
    embedded: bool = False
    """Whether this process lives only as long as one command: it takes up nothing that others left."""

    @property
    def folder(self) -> Path:
        """The data folder as an absolute path."""
        return Path(self.home).expanduser().absolute()

    @property
    def database_path(self) -> Path:
        return self.folder / "gonogo.db"


OPTIONS: tuple[str, ...] = tuple(
    name for name in Config.__struct_fields__ if name not in ("tables", "origins", "embedded")
)

SHARED_VARIABLES = {"otlp_endpoint": "OTEL_EXPORTER_OTLP_ENDPOINT", "otlp_headers": "OTEL_EXPORTER_OTLP_HEADERS"}
"""Options that programs with OpenTelemetry have in common: taken where ours are not set."""


def load_config(environ: Mapping[str, str] | None = None, **overrides: Any) -> Config:
    """Configuration from the environment, ``gonogo.toml`` (or ``GONOGO_CONFIG``), then defaults.

    ``overrides`` are command-line flags and win over all. Raises ``ConfigError``.
    """
    environ = read_environment() if environ is None else environ
    values, origins, tables = _read_file(find_config_file(environ), must_exist="GONOGO_CONFIG" in environ)
    for name in OPTIONS:
        variable = f"GONOGO_{name.upper()}"
        if variable in environ:
            values[name], origins[name] = environ[variable], f"environment {variable}"
    for name, variable in SHARED_VARIABLES.items():
        if variable in environ and name not in values:
            values[name], origins[name] = environ[variable], f"environment {variable}"
    for name, value in overrides.items():
        if value is not None:
            values[name], origins[name] = value, "command line"
    if "home" not in values and (found := find_data_folder(Path.cwd())) and found.parent != Path.cwd():
        values["home"], origins["home"] = str(found), "found above the working directory"
    return _convert(values, origins, tables)


def find_config_file(environ: Mapping[str, str]) -> Path:
    """``GONOGO_CONFIG``, or the ``gonogo.toml`` here, or the one beside the data folder found above."""
    here = Path(environ.get("GONOGO_CONFIG", _FILE))
    if "GONOGO_CONFIG" in environ or "GONOGO_HOME" in environ or here.exists():
        return here
    found = find_data_folder(Path.cwd())
    return here if found is None or found.parent == Path.cwd() else found.parent / _FILE


def _read_file(path: Path, *, must_exist: bool) -> tuple[dict[str, Any], dict[str, str], dict[str, Any]]:
    if not path.is_file():
        if must_exist:
            raise ConfigError(f"GONOGO_CONFIG names {path}, which is not a file. Mend the path or unset the variable.")
        return {}, {}, {}
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} is not valid TOML: {error}") from error
    values: dict[str, Any] = {}
    origins: dict[str, str] = {}
    tables: dict[str, Any] = {}
    for key, value in document.items():
        if key in TABLES:
            if not isinstance(value, dict):
                raise ConfigError(f"{path}: '{key}' must be a table, written as [{key}].")
            tables[key] = value
            if key in SECTIONS:
                tables[key] = _read_section(path, document, key, values, origins)
        elif key in OPTIONS:
            values[key], origins[key] = value, f"file {path}"
        else:
            raise ConfigError(f"{path}: there is no setting '{key}'.{_suggest(key)}")
    return values, origins, tables


def _read_section(
    path: Path, document: dict[str, Any], section: str, values: dict[str, Any], origins: dict[str, str]
) -> dict[str, Any]:
    left: dict[str, Any] = {}
    known = {name.removeprefix(f"{section}_"): name for name in OPTIONS if name.startswith(f"{section}_")}
    for key, value in document[section].items():
        if key in known:
            option = known[key]
            if option in document:
                raise ConfigError(f"{path}: '{option}' is set twice, by itself and in [{section}]. Take one out.")
            values[option], origins[option] = _join_words(value), f"file {path}, [{section}] {key}"
        elif key in SECTIONS[section]:
            left[key] = value
        else:
            there_are = [*known, *SECTIONS[section]]
            near = difflib.get_close_matches(key, there_are, n=1)
            told = f"Did you mean '{near[0]}'?" if near else f"There are {', '.join(there_are)}."
            raise ConfigError(f"{path}: [{section}] has no '{key}'. {told}")
    return left


def _join_words(value: Any) -> Any:
    if isinstance(value, list) and all(isinstance(word, str) for word in value):
        return ",".join(value)
    return value


def _suggest(key: str) -> str:
    near = difflib.get_close_matches(key, [*OPTIONS, *TABLES], n=1)
    return f" Did you mean '{near[0]}'?" if near else " `gonogo config show` lists every setting."


def _convert(values: dict[str, Any], origins: dict[str, str], tables: dict[str, Any]) -> Config:
    for name, value in values.items():
        field = next(f for f in msgspec.structs.fields(Config) if f.name == name)
        try:
            values[name] = msgspec.convert(value, field.type, strict=False)
        except msgspec.ValidationError as error:
            raise ConfigError(
                f"'{name}' ({origins[name]}) can't be {value!r}: {phrase_error(error, field.type)}"
            ) from error
    return Config(**values, tables=tables, origins=origins)


def list_secrets() -> dict[str, str]:
    """The options that hold secrets: "value" for those that are one, "password" for addresses that may carry one."""
    fields = (field for field in msgspec.structs.fields(Config) if field.name in OPTIONS)
    marks = {field.name: (field.type.__metadata__[0].extra or {}).get("secret") for field in fields}
    return {name: mark for name, mark in marks.items() if mark}


def describe_options() -> list[tuple[str, str, Any]]:
    """``(name, description, default)`` of every setting, for ``gonogo config show`` and the reference page."""
    return [
        (field.name, field.type.__metadata__[0].description, field.default)
        for field in msgspec.structs.fields(Config)
        if field.name in OPTIONS
    ]
