"""Which files are watched, and what for, as ``[logs.<name>]`` declares it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import msgspec

from gonogo.kernel.config import ConfigError
from gonogo.kernel.patterns import BadPattern, compile_pattern

MOST_PATTERNS = 20
SERVICE_LOG = "printed.log"
"""What the supervisor of a service writes its output to, in the service's folder."""


class WatchedLog(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One log: a file by its ``path``, or the output of a ``service``.

    ``patterns`` are regular expressions by name, whose lines are counted and kept; ``from_start`` reads what is in the
    file already when it is watched for the first time; ``excerpts`` is how many lines are kept at most.
    """

    name: Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9_-]{0,79}$")]
    path: str = ""
    service: Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9_.-]{0,80}$")] = ""
    patterns: Annotated[
        dict[Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9_-]{0,79}$")], str],
        msgspec.Meta(max_length=MOST_PATTERNS),
    ] = {}
    from_start: bool = False
    excerpts: Annotated[int, msgspec.Meta(ge=0, le=10_000)] = 200

    def locate(self, home: Path) -> Path:
        """The file; a service's output lies in the data folder."""
        return Path(self.path).expanduser() if self.path else home / "services" / self.service / SERVICE_LOG


def read_logs(table: Mapping[str, Any]) -> list[WatchedLog]:
    """The logs of gonogo.toml. Raises ``ConfigError``."""
    return [_read_log(name, options) for name, options in table.items()]


def _read_log(name: str, options: Any) -> WatchedLog:
    if not isinstance(options, dict):
        raise ConfigError(f"'logs.{name}' must be a table, written as [logs.{name}].")
    try:
        log = msgspec.convert({**options, "name": name}, WatchedLog)
    except msgspec.ValidationError as error:
        raise ConfigError(f"[logs.{name}] can't be used: {error}") from error
    if bool(log.path) == bool(log.service):
        raise ConfigError(f"[logs.{name}] names either a 'path' or a 'service'.")
    for pattern, text in log.patterns.items():
        try:
            compile_pattern(text)
        except BadPattern as error:
            raise ConfigError(
                f"[logs.{name}] the pattern '{pattern}' is not a valid regular expression: {error}."
            ) from error
    return log
