"""All clients of the socket: who is told what, and who has fallen silent."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from gonogo.kernel.clock import Clock, format_instant
from gonogo.kernel.http.frames import PING, Wire
from gonogo.settings.changes import Commit
from gonogo.settings.fanout.client import Client
from gonogo.settings.fanout.messages import Told, write_changes, write_heartbeat, write_hello, write_snapshot
from gonogo.settings.fanout.missed import Missed
from gonogo.settings.live import Follower, LiveSettings
from gonogo.settings.measures import Measures
from gonogo.settings.models import DEFAULT
from gonogo.settings.snapshot import Snapshot, list_chain
from gonogo.settings.validation import MASK

HEARTBEAT_S = 5.0
SILENT_S = 30.0
TICK_S = 0.25
_GOLDEN = 0.618


class Hub(Follower):
    """Tells every client of every commit, in order. Used on the event loop only."""

    def __init__(self, live: LiveSettings, clock: Clock, measures: Measures) -> None:
        self._live = live
        self._clock = clock
        self._measures = measures
        self._clients: dict[Client, None] = {}
        self._missed = Missed()
        self._snapshots: dict[str, bytes] = {}
        self._joined = 0
        self._last = live.snapshot
        live.add_follower(self, trails=True)

    def __len__(self) -> int:
        return len(self._clients)

    def join(self, wire: Wire, environment: str = DEFAULT, since: int | None = None) -> Client:
        """Greet a client and bring it up to date: by what it missed when that is known, else by a snapshot."""
        self._live.settle()
        now = self._clock.monotonic()
        client = Client(wire, environment, now)
        self._joined += 1
        # Spread over the interval, so that no moment has all the heartbeats.
        client.beat_due = now + HEARTBEAT_S * (self._joined * _GOLDEN % 1)
        wire.on_writable(partial(self._resume, client))
        version = self._live.version
        missed = None
        if since is not None and environment == DEFAULT:
            missed = self._missed.find_since(since, version)
        elif since == version:
            missed = b""
        wire.write(write_hello(version, HEARTBEAT_S))
        client.send(version, self._make_snapshot(environment) if missed is None else missed)
        self._clients[client] = None
        return client

    def leave(self, client: Client) -> None:
        """Forget a client."""
        client.wire.on_writable(None)
        self._clients.pop(client, None)

    def list_clients(self) -> list[Client]:
        """Who listens now, in the order they came."""
        return list(self._clients)

    def remember(self, commits: list[Commit]) -> None:
        """Keep what was committed before the start, so that clients of the last process catch up too."""
        for commit in commits:
            self._missed.add(commit.version, write_changes(commit.version, self._tell_plain(commit)))

    def follow(self, commit: Commit, before: Snapshot, after: Snapshot) -> None:
        """Tell everybody; for who is slow, keep the newest value of each key until there is room."""
        self._last = after
        self._snapshots.clear()
        told = {DEFAULT: list(self._tell_plain(commit))}
        frames = {DEFAULT: write_changes(commit.version, told[DEFAULT])}
        self._missed.add(commit.version, frames[DEFAULT])
        for client in self._clients:
            environment = client.environment
            if environment not in frames:
                told[environment] = list(self._tell_overlaid(commit, before, after, environment))
                frames[environment] = write_changes(commit.version, told[environment])
            if client.version >= commit.version:
                continue
            if client.is_ready:
                client.send(commit.version, frames[environment])
            else:
                client.hold(told[environment])

    def restart(self) -> None:
        """Send a snapshot to everybody when settings were removed, or environments changed."""
        before, self._last = self._last, self._live.snapshot
        self._snapshots.clear()
        if before.parents == self._last.parents and before.values.keys() <= self._last.values.keys():
            return
        self._missed.clear()
        for client in self._clients:
            client.ask_snapshot()
            self._resume(client)

    def beat(self) -> None:
        """Send due heartbeats, and cut off who has been silent for too long."""
        self._live.settle()
        now = self._clock.monotonic()
        frames = PING + write_heartbeat(self._live.version, format_instant(self._clock.now()))
        for client in list(self._clients):
            if client.wire.take_sign():
                client.heard_at = now
            if now - client.heard_at >= SILENT_S:
                self._measures.note_drop()
                self.leave(client)
                client.wire.abort()
            elif now >= client.beat_due:
                client.beat_due = now + HEARTBEAT_S
                if client.is_ready:
                    client.wire.write(frames)

    def _resume(self, client: Client) -> None:
        self._live.settle()
        if not client.wire.is_writable:
            return
        if client.needs_snapshot:
            client.needs_snapshot = False
            if client.environment != DEFAULT and client.environment not in self._live.environments:
                client.wire.abort()
                return
            client.send(self._live.version, self._make_snapshot(client.environment))
        elif client.pending:
            client.flush(self._live.version)

    def _make_snapshot(self, environment: str) -> bytes:
        known = self._snapshots.get(environment)
        if known is None:
            values = self._live.snapshot.view(environment)
            definitions = self._live.definitions
            shown = {key: MASK if definitions[key].secret else values[key] for key in definitions}
            known = self._snapshots[environment] = write_snapshot(self._live.version, shown)
        return known

    def _tell_plain(self, commit: Commit) -> Iterator[Told]:
        if commit.environment == DEFAULT:
            for change in commit.changes:
                value = self._live.codec.tell(change.key, change.after)
                yield Told(change.key, value, commit.version, commit.by, commit.at)

    def _tell_overlaid(self, commit: Commit, before: Snapshot, after: Snapshot, environment: str) -> Iterator[Told]:
        if commit.environment not in list_chain(self._live.environments, environment):
            return
        old, new = before.view(environment), after.view(environment)
        for change in commit.changes:
            key = change.key
            if key in new and old.get(key) != new[key]:
                value = MASK if self._live.definitions[key].secret else new[key]
                yield Told(key, value, commit.version, commit.by, commit.at)
