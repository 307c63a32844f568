"""What a check asks and what it expects, as ``[checks.<name>]`` or the API declares it."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

import msgspec

from gonogo.kernel.config import ConfigError
from gonogo.kernel.durations import parse_duration
from gonogo.kernel.errors import BadInput
from gonogo.kernel.patterns import BadPattern, compile_pattern
from gonogo.kernel.secrets.documents import HIDDEN, is_secret_field, mask_shapes
from gonogo.observe.addresses import find_fault

NAME_RULE = r"^[a-z0-9][a-z0-9_-]{0,79}$"
SHORTEST_S, LONGEST_S = 1.0, 86_400.0
_SECRET = re.compile(r"auth|cookie|key|secret|token", re.IGNORECASE)
_HEADER = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+\Z")
_VARIABLE = re.compile(r"\$\{(\w+)\}")
Method = Literal["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
Text = Annotated[str, msgspec.Meta(max_length=2000)]
Status = Annotated[int, msgspec.Meta(ge=100, le=599)]


class BadCheck(BadInput):
    """A check that can't be asked, or that expects what can't be judged."""

    type, title = "bad-check", "This check can't be used"


class Check(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """One check. Durations are texts such as ``"30s"``.

    ``status`` lists what may be answered (any 2xx when empty), ``json`` is a part that the answer must hold,
    ``matches`` a regular expression that its text must have, ``tls_days`` how long its certificate must be good for.
    ``failures`` in a row make it down. ``contract`` is the file of a recorded baseline, verified ``contract_every``.
    """

    name: Annotated[str, msgspec.Meta(pattern=NAME_RULE)]
    url: Annotated[str, msgspec.Meta(pattern=r"^https?://", max_length=2000)]
    method: Method = "GET"
    headers: Annotated[dict[Text, Text], msgspec.Meta(max_length=50)] = {}
    body: Annotated[str, msgspec.Meta(max_length=100_000)] = ""
    status: Annotated[tuple[Status, ...], msgspec.Meta(max_length=20)] = ()
    json: Any = msgspec.UNSET
    matches: Text = ""
    tls_days: Annotated[int, msgspec.Meta(ge=0, le=3650)] | None = None
    every: Text = "30s"
    timeout: Text = "5s"
    failures: Annotated[int, msgspec.Meta(ge=1, le=100)] = 3
    window: Text = "5m"
    ca: Text = ""
    contract: Text = ""
    contract_url: Text = ""
    contract_every: Text = "1h"

    @property
    def every_s(self) -> float:
        """Seconds between the beginnings of two rounds."""
        return parse_duration(self.every)

    @property
    def timeout_s(self) -> float:
        """Seconds that an answer may take."""
        return parse_duration(self.timeout)

    @property
    def window_s(self) -> float:
        """Seconds over which percentiles and the uptime are told as signals."""
        return parse_duration(self.window)

    @property
    def contract_every_s(self) -> float:
        """Seconds between two looks at the contract."""
        return parse_duration(self.contract_every)

    @property
    def origin(self) -> str:
        """Where a contract's paths begin: ``contract_url``, or scheme and host of the address."""
        parts = urlsplit(self.url)
        return self.contract_url or f"{parts.scheme}://{parts.netloc}"


def validate_check(check: Check) -> Check:
    """``check`` itself when everything in it can be used. Raises ``BadCheck`` with the field."""
    for field in ("every", "timeout", "window", "contract_every"):
        _check_duration(field, getattr(check, field))
    try:
        compile_pattern(check.matches)
    except BadPattern as error:
        raise BadCheck(f"'matches' is not a valid regular expression: {error}.", field="matches") from error
    if fault := find_fault(check.url):
        raise BadCheck(f"'url' {fault}.", field="url")
    for name, value in check.headers.items():
        if not _HEADER.match(name) or not value.isprintable():
            raise BadCheck(
                "'headers' holds a name or a value that HTTP can't carry. Keep it to one line.", field="headers"
            )
    if check.tls_days is not None and not check.url.startswith("https://"):
        raise BadCheck("'tls_days' asks for a certificate, so 'url' must begin with https://.", field="tls_days")
    return check


def read_checks(table: Mapping[str, Any], environ: Mapping[str, str] | None = None) -> list[Check]:
    """The checks of gonogo.toml. ``${NAME}`` in an address or a header is the environment's. Raises ``ConfigError``."""
    environ = os.environ if environ is None else environ
    return [_read_check(name, options, environ) for name, options in table.items()]


def mask_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """Headers as they may be shown: without keys, tokens and cookies."""
    return {
        name: HIDDEN if _SECRET.search(name) or is_secret_field(name) else mask_shapes(value)
        for name, value in headers.items()
    }


def _read_check(name: str, options: Any, environ: Mapping[str, str]) -> Check:
    if not isinstance(options, dict):
        raise ConfigError(f"'checks.{name}' must be a table, written as [checks.{name}].")
    status = options.get("status", [])
    try:
        filled = _fill({**options, "name": name, "status": [status] if isinstance(status, int) else status}, environ)
        return validate_check(msgspec.convert(filled, Check))
    except (msgspec.ValidationError, BadCheck, KeyError) as error:
        told = f"the environment has no {error}" if isinstance(error, KeyError) else str(error)
        raise ConfigError(f"[checks.{name}] can't be used: {told}") from error


def _fill(options: dict[str, Any], environ: Mapping[str, str]) -> dict[str, Any]:
    def fill(text: Any) -> Any:
        return _VARIABLE.sub(lambda found: environ[found[1]], text) if isinstance(text, str) else text

    headers = options.get("headers", {})
    if isinstance(headers, dict):
        options = {**options, "headers": {name: fill(value) for name, value in headers.items()}}
    return {**options, "url": fill(options.get("url"))}


def _check_duration(field: str, text: str) -> None:
    try:
        seconds = parse_duration(text)
    except ValueError as error:
        raise BadCheck(f"'{field}' can't be '{text}'. Write a duration such as 30s or 5m.", field=field) from error
    if not SHORTEST_S <= seconds <= LONGEST_S and not (field == "timeout" and 0 < seconds < SHORTEST_S):
        raise BadCheck(f"'{field}' lies between 1s and 24h, not at {text}.", field=field)
