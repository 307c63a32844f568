"""The settings as a client knows them: what the server said last, in order, without gap or duplicate."""

from __future__ import annotations

import difflib
import random
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import msgspec

DEFAULT = "default"
MASK = "********"
LONGEST_WAIT_S = 5.0
SILENT_BEATS = 3.0
"""A server that misses so many of its heartbeats is gone."""


class SettingUnknown(KeyError):
    """There is no such setting; the message names the nearest keys."""

    def __str__(self) -> str:
        return str(self.args[0])


class SettingSecret(SettingUnknown):
    """The value is secret: programs elsewhere are only told that it changed."""


class Change(msgspec.Struct, frozen=True):
    """A setting that has a new value. ``version`` is the store's; ``by`` and ``at`` are empty after a long absence."""

    key: str
    value: Any
    version: int = 0
    by: str = ""
    at: str = ""


class Mirror:
    """One environment's values. ``values`` is never changed while somebody may be looking at two of them."""

    def __init__(self, url: str, environment: str = DEFAULT) -> None:
        self._url = url.replace("http", "ws", 1) + "/api/settings/ws"
        self._environment = environment
        self.values: dict[str, Any] = {}
        self.secrets: frozenset[str] = frozenset()
        self.version: int | None = None
        self.stale_since: datetime | None = datetime.now(UTC)
        self.silence_s = 5.0 * SILENT_BEATS
        self._parked: dict[str, Any] | None = None
        self._target = 0
        self._failures = 0

    @property
    def address(self) -> str:
        """The address that continues from here."""
        since = {} if self.version is None else {"since": str(self.version)}
        query = since | ({} if self._environment == DEFAULT else {"environment": self._environment})
        return f"{self._url}?{urlencode(query)}" if query else self._url

    def take(self, text: str | bytes) -> list[Change]:
        """What a message of the server changed."""
        message = msgspec.json.decode(text)
        self._failures = 0
        changes = self._read(message)
        if self.version is not None and self.version >= self._target:
            self.stale_since = None
        return changes

    def note_loss(self) -> None:
        """The link is down: the values stay, but may be old from now on."""
        self.stale_since = self.stale_since or datetime.now(UTC)

    def park(self) -> None:
        """Put the values aside, so that the next reader notices that nobody keeps them in step."""
        self._parked, self.values = self.values, {}

    def unpark(self) -> bool:
        """Bring them back; False when none were put aside."""
        parked, self._parked = self._parked, None
        if parked is not None:
            self.values = parked
        return parked is not None

    def draw_wait(self) -> float:
        """Seconds until the next attempt: longer with every failure, and never the same for two clients."""
        self._failures += 1
        return random.uniform(0.02, min(LONGEST_WAIT_S, 0.1 * 2 ** min(self._failures, 10)))

    def explain_absence(self, key: str) -> SettingUnknown:
        """Why there is no value of ``key`` here."""
        if key in self.secrets:
            return SettingSecret(f"'{key}' is secret; its value is not sent to programs.")
        near = difflib.get_close_matches(key, self.values, n=3)
        hint = (
            f"Did you mean {' or '.join(repr(each) for each in near)}?" if near else "`settings.list()` has them all."
        )
        return SettingUnknown(f"There is no setting '{key}'. {hint}")

    def _read(self, message: Any) -> list[Change]:
        match message.get("type"):
            case "hello":
                self._target = message["version"]
                self.silence_s = message["heartbeat"] * SILENT_BEATS
            case "snapshot":
                return self._replace(message["settings"], message["version"])
            case "change":
                return self._apply([msgspec.convert(message, Change)], message["version"])
            case "batch":
                return self._apply(msgspec.convert(message["changes"], list[Change]), message["version"])
        return []

    def _replace(self, settings: dict[str, Any], version: int) -> list[Change]:
        known, is_first = self.values, self.version is None
        self.secrets = frozenset(key for key, value in settings.items() if value == MASK)
        self.values = {key: value for key, value in settings.items() if key not in self.secrets}
        self.version = self._target = version
        return [] if is_first else list(_compare(known, self.values, version))

    def _apply(self, changes: list[Change], version: int) -> list[Change]:
        if self.version is not None and version <= self.version:
            return []
        news = {change.key: change.value for change in changes if change.key not in self.secrets}
        if len(news) == 1 and news.keys() <= self.values.keys():
            self.values.update(news)  # one value is swapped as a whole; copying thousands for it would cost more
        elif news:
            self.values = self.values | news
        self.version = version
        return changes


def _compare(before: dict[str, Any], after: dict[str, Any], version: int) -> Iterator[Change]:
    keys: Iterable[str] = after
    for key in keys:
        if key not in before or before[key] != after[key]:
            yield Change(key, after[key], version)
