"""A STAND-IN for an Ollama server, written from its published description of the API: no model thinks here.

Streams of JSON lines, durations in nanoseconds, errors as a status before the stream or as a line in it.
"""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

WORDS = ("The ", "tide ", "is ", "high.")


@dataclass
class OllamaStandIn:
    """``mishap`` says what goes wrong with the next answer; ``gone`` is set when a client hung up on a held one."""

    models: list[str] = field(default_factory=lambda: ["tiny:latest"])
    mishap: str = ""
    asked: list[dict[str, Any]] = field(default_factory=list)
    held: asyncio.Event = field(default_factory=asyncio.Event)
    gone: asyncio.Event = field(default_factory=asyncio.Event)

    def make_app(self) -> web.Application:
        app = web.Application()
        app.router.add_get("/api/tags", self.list_models)
        app.router.add_post("/api/chat", self.chat)
        app.router.add_post("/api/generate", self.generate)
        app.router.add_post("/api/pull", self.pull)
        return app

    async def list_models(self, _request: web.Request) -> web.Response:
        return web.json_response({"models": [{"name": name, "size": 1} for name in self.models]})

    async def chat(self, request: web.Request) -> web.StreamResponse:
        return await self._answer(request, lambda word: {"message": {"role": "assistant", "content": word}})

    async def generate(self, request: web.Request) -> web.StreamResponse:
        return await self._answer(request, lambda word: {"response": word})

    async def pull(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(await request.json())
        stream = await self._begin(request)
        steps: list[dict[str, Any]] = [{"status": "pulling manifest"}]
        steps += [{"status": "pulling 5f1c", "total": 100, "completed": done} for done in (10, 60, 100)]
        if self.mishap == "cut":
            return await self._cut(request, stream, steps)
        for line in [*steps, {"status": "verifying sha256 digest"}, {"status": "success"}]:
            await self._write(stream, line)
        return stream

    async def _answer(self, request: web.Request, shape: Any) -> web.StreamResponse:
        asked = await request.json()
        self.asked.append(asked)
        if self.mishap == "busy":
            return web.json_response({"error": "server busy, please try again"}, status=503)
        if asked["model"] not in self.models:
            return web.json_response({"error": f"model '{asked['model']}' not found"}, status=404)
        stream = await self._begin(request)
        lines = [{"model": asked["model"], "done": False, **shape(word)} for word in WORDS]
        if self.mishap == "cut":
            return await self._cut(request, stream, lines[:2])
        if self.mishap == "error":
            await self._write(stream, lines[0])
            await self._write(stream, {"error": "an error was encountered while running the model"})
            return stream
        if self.mishap == "hold":
            await self._hold(request, stream, lines[0])
        for line in lines:
            await self._write(stream, line)
        figures = {
            "eval_count": 4,
            "prompt_eval_count": 9,
            "total_duration": 2_500_000_000,
            "load_duration": 500_000_000,
        }
        await self._write(
            stream, {"model": asked["model"], "done": True, "done_reason": "stop", **shape(""), **figures}
        )
        return stream

    async def _hold(self, request: web.Request, stream: web.StreamResponse, line: dict[str, Any]) -> None:
        await self._write(stream, line)
        self.held.set()
        transport = request.transport
        while transport is not None and not transport.is_closing():  # noqa: ASYNC110 — a transport offers no event
            await asyncio.sleep(0.01)
        self.gone.set()

    async def _begin(self, request: web.Request) -> web.StreamResponse:
        stream = web.StreamResponse(headers={"Content-Type": "application/x-ndjson"})
        stream.enable_chunked_encoding()
        await stream.prepare(request)
        return stream

    async def _write(self, stream: web.StreamResponse, line: dict[str, Any]) -> None:
        await stream.write(json.dumps(line).encode() + b"\n")

    async def _cut(
        self, request: web.Request, stream: web.StreamResponse, lines: list[dict[str, Any]]
    ) -> web.StreamResponse:
        for line in lines:
            await self._write(stream, line)
        assert request.transport is not None
        request.transport.close()
        return stream
