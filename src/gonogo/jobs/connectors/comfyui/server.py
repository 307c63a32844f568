"""A ComfyUI server's HTTP routes, as they behave.

Queue and history live in its memory only: a prompt that is in neither was lost, not done. Whoever posts a prompt
with the id of another has it run twice, so ``find_prompt`` comes first.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from gonogo.kernel.durable import GiveUp

if TYPE_CHECKING:
    from aiohttp import ClientSession

Standing = Literal["pending", "running", "done", "failed", "interrupted", "lost"]


class ServerFailed(Exception):
    """ComfyUI answered with an error that may pass."""


class Made(msgspec.Struct, frozen=True):
    """One file that a node wrote, as ``/view`` asks for it."""

    node: str
    filename: str
    subfolder: str
    type: str


class Standpoint(msgspec.Struct, frozen=True):
    """Where a prompt stands, with what it made or why it failed."""

    state: Standing
    made: tuple[Made, ...] = ()
    why: str = ""


class ComfyServer:
    """One server."""

    def __init__(self, url: str, session: ClientSession) -> None:
        self.url, self._session = url, session

    async def list_nodes(self) -> frozenset[str]:
        """The classes of nodes that are installed there."""
        return frozenset(await self._get("/object_info"))

    async def submit(self, prompt_id: str, client_id: str, graph: dict[str, Any]) -> None:
        """Queue a graph. Raises ``GiveUp`` with what is wrong with which node."""
        body = {"prompt": graph, "client_id": client_id, "prompt_id": prompt_id}
        async with self._session.post(f"{self.url}/prompt", json=body) as answer:
            if answer.status == 400:
                raise GiveUp(_tell_refusal(await answer.json(content_type=None)))
            if answer.status >= 300:
                raise ServerFailed(f"ComfyUI answered {answer.status} to a prompt: {(await answer.text())[:300]}")

    async def find_prompt(self, prompt_id: str) -> Standpoint:
        """Where a prompt stands. The queue is asked before the history: it only ever moves that way."""
        queue = await self._get("/queue")
        history = await self._get(f"/history/{prompt_id}")
        if prompt_id in history:
            return _read_history(history[prompt_id])
        if any(entry[1] == prompt_id for entry in queue.get("queue_running", [])):
            return Standpoint("running")
        if any(entry[1] == prompt_id for entry in queue.get("queue_pending", [])):
            return Standpoint("pending")
        return Standpoint("lost", why="ComfyUI has it neither in its queue nor in its history: it was restarted.")

    async def drop_prompt(self, prompt_id: str) -> None:
        """Take a prompt out of the queue, or interrupt it if it runs; others are left alone."""
        standpoint = await self.find_prompt(prompt_id)
        if standpoint.state == "pending":
            await self._post("/queue", {"delete": [prompt_id]})
            standpoint = await self.find_prompt(prompt_id)  # it may have begun in between
        if standpoint.state == "running":
            await self._post("/interrupt", {"prompt_id": prompt_id})

    async def read_file(self, made: Made) -> AsyncIterator[bytes]:
        """The bytes of a file that a node wrote."""
        params = {"filename": made.filename, "subfolder": made.subfolder, "type": made.type}
        async with self._session.get(f"{self.url}/view", params=params) as answer:
            if answer.status != 200:
                raise ServerFailed(f"ComfyUI answered {answer.status} for its own file '{made.filename}'.")
            async for piece in answer.content.iter_chunked(1 << 18):
                yield piece

    async def _get(self, path: str) -> Any:
        async with self._session.get(f"{self.url}{path}") as answer:
            if answer.status != 200:
                raise ServerFailed(f"ComfyUI answered {answer.status} to {path}.")
            return await answer.json(content_type=None)

    async def _post(self, path: str, body: dict[str, Any]) -> None:
        async with self._session.post(f"{self.url}{path}", json=body) as answer:
            if answer.status != 200:
                raise ServerFailed(f"ComfyUI answered {answer.status} to {path}.")


def _read_history(entry: dict[str, Any]) -> Standpoint:
    status = entry.get("status") or {}
    messages: dict[str, Any] = dict(status.get("messages", []))
    if "execution_interrupted" in messages:
        return Standpoint("interrupted", why="Somebody interrupted it in ComfyUI.")
    if status.get("status_str") == "error":
        return Standpoint("failed", why=tell_error(messages.get("execution_error", {})))
    return Standpoint("done", made=tuple(_list_made(entry.get("outputs", {}))))


def _list_made(outputs: dict[str, Any]) -> list[Made]:
    return [
        Made(node, item["filename"], item.get("subfolder", ""), item.get("type", "output"))
        for node, output in outputs.items()
        for items in output.values()
        if isinstance(items, list)
        for item in items
        if isinstance(item, dict) and "filename" in item
    ]


def tell_error(data: dict[str, Any]) -> str:
    """An ``execution_error`` in a sentence."""
    what = str(data.get("exception_message", "an error that it does not describe")).strip()
    return f"Node {data.get('node_id', '?')} ({data.get('node_type', 'unknown')}) failed: {what}"


def _tell_refusal(answer: dict[str, Any]) -> str:
    error = answer.get("error", {})
    told = error.get("message", "") if isinstance(error, dict) else str(error)
    nodes = [
        f"node {node} ({fault.get('class_type', '?')}): {' '.join(_list_words(problem))}"
        for node, fault in answer.get("node_errors", {}).items()
        for problem in fault.get("errors", [])
    ]
    return f"ComfyUI refuses the graph: {'; '.join(filter(None, [told, *nodes]))}"


def _list_words(problem: dict[str, Any]) -> list[str]:
    return [str(problem[name]) for name in ("message", "details") if problem.get(name)]
