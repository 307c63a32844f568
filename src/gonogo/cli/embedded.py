"""A Gonogo inside this command: the whole application on a loopback port, for as long as the command runs."""

from __future__ import annotations

import asyncio
import threading
from types import TracebackType

from gonogo.app import create_app
from gonogo.kernel.config import Config
from gonogo.kernel.http.server import serve_app
from gonogo.kernel.telemetry.logs import configure_logs


class EmbeddedServer:
    """Serves the data folder from a thread while the block runs. Entering raises ``FolderInUse``."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self._started = threading.Event()
        self._failure: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name="embedded gonogo")

    def __enter__(self) -> EmbeddedServer:
        configure_logs(self._config)
        self._thread.start()
        self._started.wait()
        if self._failure is not None:
            self._thread.join()
            raise self._failure
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()

    def _run(self) -> None:
        try:
            asyncio.run(self._serve())
        except BaseException as failure:  # noqa: BLE001  it is raised again in the thread that waits for it
            self._failure = failure
        finally:
            self._started.set()

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._stop = asyncio.Event()
        async with serve_app(create_app(self._config)):
            self._started.set()
            await self._stop.wait()
