"""Settings: typed values, changed once and seen everywhere; read here without asking anybody.

    strength = gonogo.settings["physics.spring.strength"]

The first such read opens a link to the server, which from then on keeps every value in this process in step.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from gonogo.client.call import Call, Document, Send, drop_absent, make_path, read_members, read_page, read_text
from gonogo.client.mirror import DEFAULT, Mirror
from gonogo.client.mirror_link import AsyncMirrorLink, Callback, MirrorLink, Watch
from gonogo.client.stream import Headers

MEDIA_TYPES = {"json": "application/json", "toml": "application/toml", "yaml": "application/yaml"}


class NotFollowed(Exception):
    """An event loop can't wait inside ``settings[key]``: ``await settings.follow()`` comes first."""


class SettingsCalls:
    """What both kinds of client ask of the server, for one environment."""

    def __init__(self, send: Send, environment: str = DEFAULT) -> None:
        self._send = send
        self.environment = environment

    def get(self, key: str) -> Any:
        """One setting with its definition, asked of the server. Raises ``ApiError`` with the nearest keys."""
        return self._ask("GET", key)

    def list(self, category: str | None = None, prefix: str | None = None, modified: bool | None = None) -> Any:
        """All settings in the catalog's order; ``modified`` compares with the default."""
        params = drop_absent(category=category, prefix=prefix, modified=write_flag(modified))
        return self._ask("GET", params=params)

    def search(self, query: str, limit: int = 20) -> Any:
        """Settings by the words of key, label, description, category and value, best first."""
        return self._ask("GET", "search", params={"q": query, "limit": limit})

    def set(self, key: str, value: Any, version: int | None = None, why: str = "") -> Any:
        """Set one value. With ``version`` a setting that changed since is refused (``version-conflict``)."""
        body = {"value": value, "why": why} | drop_absent(version=version)
        return self._ask("PUT", key, body=body, read=read_members)

    def unset(self, key: str, version: int | None = None, why: str = "") -> Any:
        """Back to the default, or in a named environment to what it inherits."""
        return self._ask("DELETE", key, params=drop_absent(version=version, why=why or None), read=read_members)

    def batch(
        self,
        values: Mapping[str, Any],
        unset: Sequence[str] = (),
        versions: Mapping[str, int] | None = None,
        why: str = "",
    ) -> Any:
        """Many changes as one: one bad value, and nothing changes."""
        body = {"values": dict(values), "unset": [*unset], "why": why} | drop_absent(versions=versions)
        return self._ask("POST", "batch", body=body, read=read_members)

    def history(self, key: str | None = None, cursor: str | None = None, limit: int = 100) -> Any:
        """A ``Page`` of changes of one setting or of all, newest first."""
        segments = (key, "history") if key is not None else ("history",)
        return self._ask("GET", *segments, params=drop_absent(cursor=cursor, limit=limit), read=read_page)

    def undo(self, key: str, id: int | None = None, why: str = "") -> Any:
        """Take back the newest change of a setting, or the change ``id``."""
        return self._ask("POST", key, "undo", body={"why": why} | drop_absent(id=id), read=read_members)

    def restore(
        self, at: str | None = None, version: int | None = None, *, dry_run: bool = False, why: str = ""
    ) -> Any:
        """Bring everything back to an instant or a version of the store; ``dry_run`` only shows the difference."""
        body = {"dry_run": dry_run, "why": why} | drop_absent(at=at, version=version)
        return self._ask("POST", "restore", body=body)

    def presets(self) -> Any:
        """Every preset with how many of its values differ from those in force."""
        return self._ask("GET", "presets")

    def preview(self, preset: str) -> Any:
        """What applying a preset would change."""
        return self._ask("POST", "presets", preset, "preview", body={})

    def apply(self, preset: str, why: str = "") -> Any:
        """Set all values of a preset as one change."""
        return self._ask("POST", "presets", preset, "apply", body={"why": why}, read=read_members)

    def export(
        self,
        format: str = "json",
        category: str | None = None,
        prefix: str | None = None,
        modified: bool | None = None,
        *,
        secrets: bool = False,
    ) -> Any:
        """Values by key as a ``json``, ``toml`` or ``yaml`` text; ``secrets`` in plain text are for administrators."""
        chosen = drop_absent(category=category, prefix=prefix, modified=write_flag(modified))
        params = {"format": format, "secrets": write_flag(secrets)} | chosen
        return self._ask("GET", "export", params=params, read=read_text)

    def import_(self, text: str, format: str = "json", *, dry_run: bool = False, why: str = "") -> Any:
        """Set every value of an exported text as one change; ``dry_run`` only shows the difference."""
        params = {"format": format, "dry_run": write_flag(dry_run), "why": why}
        return self._ask("POST", "import", params=params, body=Document(text, MEDIA_TYPES[format]))

    def declare(self, text: str, format: str = "toml", source: str = "catalog", *, prune: bool = False) -> Any:
        """Declare the settings and presets of a catalog; again and again if need be. For administrators."""
        params = {"format": format, "source": source, "prune": write_flag(prune)}
        body = Document(text, MEDIA_TYPES[format])
        return self._send(Call("POST", make_path("settings", "catalog"), params=params, body=body))

    def environments(self) -> Any:
        """``default`` and the overlays above it, each with its parent."""
        return self._send(Call("GET", make_path("settings", "environments")))

    def save_environment(self, name: str, parent: str = DEFAULT) -> Any:
        """Add an environment, or give it another parent. For administrators."""
        return self._send(Call("PUT", make_path("settings", "environments", name), body={"parent": parent}))

    def remove_environment(self, name: str) -> Any:
        """Remove an environment with its values. For administrators."""
        return self._send(Call("DELETE", make_path("settings", "environments", name)))

    def _ask(self, method: Any, *segments: str, params: Mapping[str, Any] | None = None, **rest: Any) -> Any:
        here = {} if self.environment == DEFAULT else {"environment": self.environment}
        return self._send(Call(method, make_path("settings", *segments), {**(params or {}), **here}, **rest))


class SettingsReader(SettingsCalls):
    """What both kinds of client read from their mirror."""

    def __init__(self, send: Send, url: str, environment: str) -> None:
        super().__init__(send, environment)
        self._url = url
        self._mirror = Mirror(url, environment)

    def __contains__(self, key: str) -> bool:
        return key in self._mirror.values

    def __iter__(self) -> Iterator[str]:
        return iter(dict(self._mirror.values))

    def __len__(self) -> int:
        return len(self._mirror.values)

    @property
    def version(self) -> int | None:
        """The store's version that the values here are of; None before the first."""
        return self._mirror.version

    @property
    def stale_since(self) -> datetime | None:
        """Since when the link is down and the values may be old; None while they are in step."""
        return self._mirror.stale_since


class Settings(SettingsReader):
    """``gonogo.settings``. Reading is a look-up in this process, safe from any thread and after a fork."""

    def __init__(self, send: Send, url: str, sign_in: Callable[[], Headers], environment: str = DEFAULT) -> None:
        super().__init__(send, url, environment)
        self._sign_in = sign_in
        self._link = MirrorLink(self._mirror, sign_in)
        self._others: dict[str, Settings] = {}

    def __getitem__(self, key: str) -> Any:
        """The value in force. Raises ``SettingUnknown`` with the nearest keys, or ``SettingSecret``."""
        try:
            return self._mirror.values[key]
        except KeyError:
            return self._read_anew(key)

    def of(self, environment: str) -> Settings:
        """The settings as another environment has them, with a link of their own."""
        if environment == self.environment:
            return self
        if environment not in self._others:
            self._others[environment] = Settings(self._send, self._url, self._sign_in, environment)
        return self._others[environment]

    def follow(self) -> Settings:
        """Keep every value in step from now on; returns when they are here. Raises ``ServerUnreachable``."""
        is_known = self._mirror.unpark()
        self._link.start()
        if not is_known and self._mirror.version is None:
            self._link.await_first()
        return self

    def watch(self, prefix: str, callback: Callback) -> Watch:
        """Call ``callback(change)``, from the link's thread, whenever a setting under ``prefix`` has a new value."""
        watch = Watch(prefix, callback, self._link.watches)
        self.follow()
        return watch

    def close(self) -> None:
        """Hang up. The values stay, and ``stale_since`` says since when they may be old."""
        self._link.close()
        self._mirror.note_loss()
        for other in self._others.values():
            other.close()

    def _read_anew(self, key: str) -> Any:
        # Nobody has read yet, or this process was forked off one that had.
        if not self._link.is_open or self._mirror.version is None:
            self.follow()
        if key not in self._mirror.values:
            raise self._mirror.explain_absence(key)
        return self._mirror.values[key]


class AsyncSettings(SettingsReader):
    """The same for event loops: ``await settings.follow()`` once, then read ``settings[key]`` without waiting."""

    def __init__(
        self, send: Send, url: str, sign_in: Callable[[], Awaitable[Headers]], environment: str = DEFAULT
    ) -> None:
        super().__init__(send, url, environment)
        self._sign_in = sign_in
        self._link = AsyncMirrorLink(self._mirror, sign_in)
        self._others: dict[str, AsyncSettings] = {}

    def __getitem__(self, key: str) -> Any:
        """The value in force. Raises ``NotFollowed``, ``SettingUnknown`` or ``SettingSecret``."""
        try:
            return self._mirror.values[key]
        except KeyError:
            raise self._explain(key) from None

    def of(self, environment: str) -> AsyncSettings:
        """The settings as another environment has them, with a link of their own."""
        if environment == self.environment:
            return self
        if environment not in self._others:
            self._others[environment] = AsyncSettings(self._send, self._url, self._sign_in, environment)
        return self._others[environment]

    async def follow(self) -> AsyncSettings:
        """Keep every value in step from now on; returns when they are here. Raises ``ServerUnreachable``."""
        self._link.start()
        if self._mirror.version is None:
            await self._link.await_first()
        return self

    async def watch(self, prefix: str, callback: Callback) -> Watch:
        """Call ``callback(change)``, or await it, whenever a setting under ``prefix`` has a new value."""
        watch = Watch(prefix, callback, self._link.watches)
        await self.follow()
        return watch

    async def close(self) -> None:
        """Hang up. The values stay, and ``stale_since`` says since when they may be old."""
        await self._link.close()
        self._mirror.note_loss()
        for other in self._others.values():
            await other.close()

    def _explain(self, key: str) -> Exception:
        if self._mirror.version is None:
            return NotFollowed("The settings are not here yet: `await gonogo.settings.follow()` first.")
        return self._mirror.explain_absence(key)


def write_flag(flag: bool | None) -> str | None:
    """A flag as a parameter of an address."""
    return None if flag is None else "true" if flag else "false"
