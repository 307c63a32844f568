"""What keeps a mirror in step: a WebSocket that comes back by itself, held by a thread or by a task."""

from __future__ import annotations

import asyncio
import inspect
import logging
import os
import threading
import weakref
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

from websockets.asyncio.client import connect as connect_async
from websockets.exceptions import ConnectionClosed, InvalidHandshake
from websockets.sync.client import ClientConnection, connect

from gonogo.client.errors import ApiError, ServerUnreachable
from gonogo.client.mirror import Change, Mirror
from gonogo.client.stream import Headers, choose_proxy, raise_refusal

log = logging.getLogger("gonogo.settings")

OPEN_LIMIT_S = 10.0
Callback = Callable[[Change], Any]
Failure = ConnectionClosed | InvalidHandshake | OSError | ApiError | ServerUnreachable
FAILURES = (ConnectionClosed, InvalidHandshake, OSError, ApiError, ServerUnreachable)


class Watch:
    """A callback that is being told of changes until ``stop``, or until its ``with`` block ends."""

    def __init__(self, prefix: str, callback: Callback, watches: list[Watch]) -> None:
        self.prefix = prefix
        self.callback = callback
        self._watches = watches
        watches.append(self)

    def __enter__(self) -> Watch:
        return self

    def __exit__(self, *_failure: object) -> None:
        self.stop()

    def stop(self) -> None:
        """Tell it nothing more."""
        if self in self._watches:
            self._watches.remove(self)


class MirrorLink:
    """Follows the server from a thread of its own. A forked child keeps the values and opens a link of its own."""

    def __init__(self, mirror: Mirror, sign_in: Callable[[], Headers]) -> None:
        self._mirror = mirror
        self._sign_in = sign_in
        self.watches: list[Watch] = []
        self._thread: threading.Thread | None = None
        self._socket: ClientConnection | None = None
        self._failure: Failure | None = None
        self._reset()
        _LINKS.add(self)

    @property
    def is_open(self) -> bool:
        """Whether the thread is at work in this process."""
        return self._thread is not None

    def start(self) -> None:
        """Begin to follow, unless that is so already."""
        with self._lock:
            if self._thread is None:
                self._closed.clear()
                self._thread = threading.Thread(target=self._run, name="gonogo settings", daemon=True)
                self._thread.start()

    def await_first(self) -> None:
        """Wait for the first values. Raises ``ApiError`` when refused, ``ServerUnreachable`` when nobody answers."""
        self._heard.wait(OPEN_LIMIT_S)
        if self._mirror.version is None:
            failure = self._failure
            self.close()
            raise failure if isinstance(failure, ApiError) else describe_absence(failure)

    def close(self) -> None:
        """Hang up; the values stay as they are."""
        with self._lock:
            thread, self._thread = self._thread, None
            self._closed.set()
            if self._socket is not None:
                self._socket.close()
        if thread is not None and thread is not threading.current_thread():
            thread.join()

    def forget(self) -> None:
        """In a forked child: let go of what belongs to the parent, without a word on its connection."""
        if self._thread is None:
            return
        if self._socket is not None:
            self._socket.socket.close()
        self._mirror.note_loss()
        self._mirror.park()
        self._reset()

    def _reset(self) -> None:
        self._lock = threading.RLock()
        self._closed = threading.Event()
        self._heard = threading.Event()
        self._thread = self._socket = self._failure = None

    def _run(self) -> None:
        while not self._closed.is_set():
            try:
                self._follow()
            except FAILURES as error:
                self._note_failure(error)
            self._closed.wait(self._mirror.draw_wait())

    def _follow(self) -> None:
        address = self._mirror.address
        options: Any = {"proxy": choose_proxy(address), "open_timeout": 5, "ping_interval": None, "max_size": None}
        with connect(address, additional_headers=self._sign_in(), **options) as socket:
            self._socket = socket
            try:
                while not self._closed.is_set():
                    changes = self._mirror.take(socket.recv(timeout=self._mirror.silence_s))
                    if self._mirror.stale_since is None:
                        self._heard.set()
                    self._tell(changes)
            finally:
                self._socket = None

    def _note_failure(self, error: Failure) -> None:
        self._mirror.note_loss()
        self._failure = find_refusal(error)
        if self._mirror.version is None and isinstance(self._failure, ApiError):
            self._heard.set()

    def _tell(self, changes: Iterable[Change]) -> None:
        for watch, change in list_calls(self.watches, changes):
            try:
                watch.callback(change)
            except Exception:
                log.exception("a callback for settings under '%s' failed", watch.prefix)


class AsyncMirrorLink:
    """The same as a task of the running event loop; callbacks may be coroutines."""

    def __init__(self, mirror: Mirror, sign_in: Callable[[], Awaitable[Headers]]) -> None:
        self._mirror = mirror
        self._sign_in = sign_in
        self.watches: list[Watch] = []
        self._heard = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._failure: Failure | None = None

    def start(self) -> None:
        """Begin to follow, unless that is so already."""
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._run(), name="gonogo settings")

    async def await_first(self) -> None:
        """Wait for the first values. Raises ``ApiError`` when refused, ``ServerUnreachable`` when nobody answers."""
        try:
            async with asyncio.timeout(OPEN_LIMIT_S):
                await self._heard.wait()
        except TimeoutError:
            pass
        if self._mirror.version is None:
            failure = self._failure
            await self.close()
            raise failure if isinstance(failure, ApiError) else describe_absence(failure)

    async def close(self) -> None:
        """Hang up; the values stay as they are."""
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def _run(self) -> None:
        while True:
            try:
                await self._follow()
            except FAILURES as error:
                self._mirror.note_loss()
                self._failure = find_refusal(error)
                if self._mirror.version is None and isinstance(self._failure, ApiError):
                    self._heard.set()
            await asyncio.sleep(self._mirror.draw_wait())

    async def _follow(self) -> None:
        address = self._mirror.address
        options: Any = {"proxy": choose_proxy(address), "open_timeout": 5, "ping_interval": None, "max_size": None}
        async with connect_async(address, additional_headers=await self._sign_in(), **options) as socket:
            while True:
                changes = self._mirror.take(await asyncio.wait_for(socket.recv(), self._mirror.silence_s))
                if self._mirror.stale_since is None:
                    self._heard.set()
                await self._tell(changes)

    async def _tell(self, changes: Iterable[Change]) -> None:
        for watch, change in list_calls(self.watches, changes):
            try:
                outcome = watch.callback(change)
                if inspect.isawaitable(outcome):
                    await outcome
            except Exception:
                log.exception("a callback for settings under '%s' failed", watch.prefix)


def list_calls(watches: list[Watch], changes: Iterable[Change]) -> list[tuple[Watch, Change]]:
    """Who is to be told of what."""
    return [(watch, change) for change in changes for watch in watches if change.key.startswith(watch.prefix)]


def find_refusal(error: Failure) -> Failure:
    """The server's own reason, where it gave one."""
    if isinstance(error, ApiError | ServerUnreachable):
        return error
    try:
        raise_refusal(error)
    except ApiError as refusal:
        return refusal
    return error


def describe_absence(failure: Failure | None) -> ServerUnreachable:
    """The sentence for a server that gave no values in time."""
    reason = f": {failure}" if failure is not None and str(failure) else ""
    return ServerUnreachable(f"No settings came from the server within {OPEN_LIMIT_S:g} s{reason}. Is it running?")


_LINKS: weakref.WeakSet[MirrorLink] = weakref.WeakSet()


def _forget_all() -> None:
    for link in list(_LINKS):
        link.forget()


os.register_at_fork(after_in_child=_forget_all)
