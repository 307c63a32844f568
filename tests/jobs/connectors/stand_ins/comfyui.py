"""A STAND-IN for a ComfyUI server, written from its routes and what is known of their behaviour: nothing is painted.

It keeps its traps: queue and history in memory only, a repeated prompt id runs twice, an interrupted prompt ends as
an error with ``execution_interrupted``, a bad graph is a 400 with ``node_errors``, and the socket may fall silent.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Any

from aiohttp import WSMsgType, web

NODES = ("CheckpointLoaderSimple", "KSampler", "SaveImage")
PICTURE = b"\x89PNG stand-in picture"


@dataclass
class ComfyStandIn:
    """``hold`` keeps prompts running until it is cleared; ``silent`` sends nothing on the socket."""

    silent: bool = False
    fail_node: str = ""
    running: list[list[Any]] = field(default_factory=list)
    pending: list[list[Any]] = field(default_factory=list)
    history: dict[str, Any] = field(default_factory=dict)
    runs: list[str] = field(default_factory=list)
    interrupted: list[str] = field(default_factory=list)
    go: asyncio.Event = field(default_factory=asyncio.Event)
    _sockets: dict[str, web.WebSocketResponse] = field(default_factory=dict)
    _works: dict[str, asyncio.Task[None]] = field(default_factory=dict)

    def make_app(self) -> web.Application:
        app = web.Application()
        app.router.add_get("/object_info", self.list_nodes)
        app.router.add_post("/prompt", self.take_prompt)
        app.router.add_get("/queue", self.show_queue)
        app.router.add_post("/queue", self.change_queue)
        app.router.add_post("/interrupt", self.interrupt)
        app.router.add_get("/history/{id}", self.show_history)
        app.router.add_get("/view", self.show_file)
        app.router.add_get("/ws", self.stream)
        return app

    def forget(self) -> None:
        """What a restart of the server does."""
        for work in self._works.values():
            work.cancel()
        self.running.clear()
        self.pending.clear()
        self.history.clear()

    async def list_nodes(self, _request: web.Request) -> web.Response:
        return web.json_response({name: {"input": {}} for name in NODES})

    async def take_prompt(self, request: web.Request) -> web.Response:
        body = await request.json()
        graph = body["prompt"]
        unset = [
            node for node, each in graph.items() if each["class_type"] == "KSampler" and "seed" not in each["inputs"]
        ]
        if unset:
            errors = {
                node: {
                    "class_type": "KSampler",
                    "errors": [{"message": "Required input is missing", "details": "seed"}],
                }
                for node in unset
            }
            refused = {"error": {"message": "Prompt outputs failed validation"}, "node_errors": errors}
            return web.json_response(refused, status=400)
        entry = [len(self.runs), body["prompt_id"], graph, {"client_id": body["client_id"]}, []]
        self.pending.append(entry)
        self._works[body["prompt_id"]] = asyncio.create_task(self._work(entry))
        return web.json_response({"prompt_id": body["prompt_id"], "number": entry[0], "node_errors": {}})

    async def show_queue(self, _request: web.Request) -> web.Response:
        return web.json_response({"queue_running": self.running, "queue_pending": self.pending})

    async def change_queue(self, request: web.Request) -> web.Response:
        dropped = (await request.json()).get("delete", [])
        self.pending[:] = [entry for entry in self.pending if entry[1] not in dropped]
        return web.Response()

    async def interrupt(self, request: web.Request) -> web.Response:
        wanted = (await request.json()).get("prompt_id")
        for entry in tuple(self.running):
            if wanted in (None, entry[1]):
                self.interrupted.append(entry[1])
                self._works[entry[1]].cancel()
        return web.Response()

    async def show_history(self, request: web.Request) -> web.Response:
        found = request.match_info["id"]
        return web.json_response({found: self.history[found]} if found in self.history else {})

    async def show_file(self, request: web.Request) -> web.Response:
        return web.Response(body=PICTURE + request.query["filename"].encode(), content_type="image/png")

    async def stream(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        self._sockets[request.query["clientId"]] = socket
        await socket.send_json({"type": "status", "data": {"status": {"exec_info": {"queue_remaining": 0}}}})
        async for message in socket:
            if message.type is WSMsgType.ERROR:
                break
        return socket

    async def _work(self, entry: list[Any]) -> None:
        _, prompt, graph, extra, _ = entry
        while self.running or entry is not self.pending[0]:
            await asyncio.sleep(0.01)
            if entry not in self.pending:
                return
        self.pending.remove(entry)
        self.running.append(entry)
        self.runs.append(prompt)
        messages: list[Any] = [["execution_start", {"prompt_id": prompt}]]
        status, outputs = "success", {}
        try:
            for node, each in graph.items():
                await self._tell(extra, "executing", {"node": node, "prompt_id": prompt})
                await self._tell(extra, "progress", {"value": 1, "max": 2, "node": node, "prompt_id": prompt})
                if node == self.fail_node:
                    raise RuntimeError("CUDA out of memory")
                if each["class_type"] == "SaveImage":
                    outputs[node] = {"images": [{"filename": f"pier_{node}.png", "subfolder": "", "type": "output"}]}
            await self.go.wait()
            messages.append(["execution_success", {"prompt_id": prompt}])
        except asyncio.CancelledError:
            status = "error"
            messages.append(["execution_interrupted", {"prompt_id": prompt}])
        except RuntimeError as error:
            status = "error"
            told = {"node_id": self.fail_node, "node_type": "KSampler", "exception_message": str(error)}
            messages.append(["execution_error", told])
        if entry in self.running:
            self.running.remove(entry)
            done = {"status_str": status, "completed": status == "success", "messages": messages}
            self.history[prompt] = {"prompt": entry, "outputs": outputs, "status": done}
            await self._tell(extra, messages[-1][0], {"prompt_id": prompt})

    async def _tell(self, extra: dict[str, Any], kind: str, data: dict[str, Any]) -> None:
        socket = self._sockets.get(extra["client_id"])
        if socket is not None and not socket.closed and not self.silent:
            await socket.send_json({"type": kind, "data": data})
            await socket.send_bytes(b"\x00\x00\x00\x01a preview")
        await asyncio.sleep(0.01)
