"""Following a prompt: by its WebSocket for progress, by its history for the truth.

The socket may stall or miss the end, so the history is asked every few seconds whatever the socket says.
"""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING, Any

import msgspec
import structlog

from gonogo.jobs.connectors.comfyui.server import ComfyServer, Standpoint
from gonogo.jobs.connectors.connector import Run

if TYPE_CHECKING:
    from aiohttp import ClientSession, ClientWebSocketResponse

LOOK_S = 2.0
ENDINGS = frozenset({"execution_success", "execution_error", "execution_interrupted"})
log = structlog.get_logger()


class Follower:
    """Tells of one prompt's progress until it has ended."""

    def __init__(self, server: ComfyServer, session: ClientSession, prompt_id: str, client_id: str, run: Run) -> None:
        self._server, self._session, self._run = server, session, run
        self._prompt, self._client = prompt_id, client_id
        self._graph: dict[str, Any] = run.payload["prompt"]
        self._seen: set[str] = set()
        self._ended = asyncio.Event()

    async def follow(self) -> Standpoint:
        """The prompt's last standpoint: done, failed, interrupted or lost."""
        listening = asyncio.create_task(self._listen())
        try:
            while True:
                standpoint = await self._server.find_prompt(self._prompt)
                if standpoint.state not in ("pending", "running"):
                    return standpoint
                if standpoint.state == "pending":
                    self._run.report(message="waits in ComfyUI's queue")
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(LOOK_S):
                        await self._ended.wait()
                self._ended.clear()
        finally:
            listening.cancel()
            await asyncio.gather(listening, return_exceptions=True)

    async def _listen(self) -> None:
        from aiohttp import ClientError

        address = f"{self._server.url}/ws"
        while True:
            try:
                async with self._session.ws_connect(address, params={"clientId": self._client}, heartbeat=20) as socket:
                    await self._hear(socket)
            except ClientError as error:
                log.info("no progress from ComfyUI for now", url=self._server.url, reason=str(error))
            await asyncio.sleep(LOOK_S)

    async def _hear(self, socket: ClientWebSocketResponse) -> None:
        from aiohttp import WSMsgType

        async for message in socket:
            if message.type is WSMsgType.TEXT:  # pictures on the way come as bytes
                self._take(msgspec.json.decode(message.data))

    def _take(self, message: dict[str, Any]) -> None:
        data = message.get("data") or {}
        if data.get("prompt_id", self._prompt) != self._prompt:
            return
        kind = message.get("type")
        if kind in ENDINGS or (kind == "executing" and data.get("node") is None and "prompt_id" in data):
            self._ended.set()
        elif kind == "executing" and data.get("node"):
            self._start_node(str(data["node"]))
        elif kind == "execution_cached":
            self._seen.update(map(str, data.get("nodes", [])))
        elif kind == "progress" and data.get("max"):
            share = data["value"] / data["max"]
            self._run.report(self._measure(share), f"{self._name(str(data.get('node', '')))} {share:.0%}")

    def _start_node(self, node: str) -> None:
        self._run.report(self._measure(0.0), self._name(node))
        self._run.say(f"{self._name(node)} began")
        self._seen.add(node)

    def _measure(self, share: float) -> float:
        done = max(0, len(self._seen & set(self._graph)) - 1)
        return (done + share) / len(self._graph)

    def _name(self, node: str) -> str:
        found = self._graph.get(node, {})
        return f"{found.get('class_type', 'node')} ({node})" if node else "ComfyUI"
