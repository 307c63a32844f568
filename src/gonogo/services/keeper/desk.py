"""The keeper's unix socket: one request a connection, answered by JSON lines."""

from __future__ import annotations

import asyncio

import msgspec

from gonogo.services import requests
from gonogo.services.keeper.fronts.front import FrontFailed
from gonogo.services.keeper.supervising import Keeper
from gonogo.services.keeper.swapping import CannotSwap, restart_service, scale_service, swap_version

_LONGEST = 1 << 20


class Desk:
    """Takes requests for a keeper. What was begun goes on when the asker leaves."""

    def __init__(self, keeper: Keeper) -> None:
        self._keeper = keeper

    async def open(self) -> None:
        """Listen from now on."""
        listener = self._keeper.folder.bind_socket()
        self._server = await asyncio.start_unix_server(self._take, sock=listener, limit=_LONGEST)

    def close(self) -> None:
        self._server.close()

    async def _take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            line = await reader.readline()
            if line:
                request = msgspec.json.decode(line, type=requests.Request)
                await asyncio.shield(self._keeper.spawn(self._answer(request, writer)))
        except (ConnectionError, asyncio.CancelledError):
            return
        except (msgspec.DecodeError, ValueError) as error:
            self._send(writer, requests.Refused(f"this keeper does not understand the request: {error}"))
        finally:
            writer.close()

    async def _answer(self, request: requests.Request, writer: asyncio.StreamWriter) -> None:
        def say(line: str) -> None:
            self._send(writer, requests.Said(line))

        try:
            match request:
                case requests.Follow():
                    await self._follow(writer)
                    return
                case requests.Swap(spec):
                    result = await swap_version(self._keeper, spec, say)
                    self._send(writer, requests.Done(result, self._keeper.version))
                    return
                case requests.Scale(replicas):
                    await scale_service(self._keeper, replicas)
                case requests.Restart():
                    await restart_service(self._keeper, say)
                case requests.End():
                    await self._keeper.end()
            self._send(writer, requests.Done(version=self._keeper.version))
        except (CannotSwap, FrontFailed) as refusal:
            self._send(writer, requests.Refused(str(refusal)))
        except Exception as error:
            self._send(writer, requests.Failed(f"{type(error).__name__}: {error}"))
            raise

    async def _follow(self, writer: asyncio.StreamWriter) -> None:
        keeper = self._keeper
        while not keeper.closing.is_set() and not writer.is_closing():
            shown = keeper.version
            self._send(writer, requests.Shown(keeper.state, shown))
            async with keeper.changed:
                while keeper.version == shown:
                    await keeper.changed.wait()

    @staticmethod
    def _send(writer: asyncio.StreamWriter, answer: requests.Answer) -> None:
        if not writer.is_closing():
            writer.write(msgspec.json.encode(answer) + b"\n")
