"""The ``comfyui`` connector: ``comfyui.prompt`` runs a graph, ``comfyui.check`` says which of its nodes are missing."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Annotated, Any
from uuid import NAMESPACE_URL, uuid5

import msgspec
import structlog

from gonogo.jobs.connectors.comfyui.following import Follower
from gonogo.jobs.connectors.comfyui.server import ComfyServer, Made, ServerFailed, Standpoint
from gonogo.jobs.connectors.connector import Run
from gonogo.kernel.durable import GiveUp
from gonogo.kernel.outgoing.guard import ADMINISTERED

if TYPE_CHECKING:
    from aiohttp import ClientSession

USUAL = "http://127.0.0.1:8188"
MODEL_INPUTS = ("ckpt_name", "unet_name", "model_name", "lora_name")
TYPES = ("comfyui.prompt", "comfyui.check")
log = structlog.get_logger()


class Prompt(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The payload: a graph in the form of ComfyUI's API, nodes by their id."""

    prompt: Annotated[dict[str, dict[str, Any]], msgspec.Meta(min_length=1)]


class PromptFailed(Exception):
    """A node failed, or somebody interrupted it."""


class PromptLost(Exception):
    """ComfyUI forgot the prompt before it ended."""


class ComfyConnector:
    """Speaks to one server, over connections opened with the first job."""

    name = "comfyui"

    def __init__(self, url: str) -> None:
        self._url = url.rstrip("/")
        self._session: ClientSession | None = None

    def list_capabilities(self) -> tuple[str, ...]:
        """See ``Connector``."""
        return ("connector=comfyui", *(f"type={name}" for name in TYPES))

    async def run(self, run: Run) -> dict[str, Any]:
        """The id of the prompt and the assets that were kept of what it made."""
        graph, session = run.read_payload(Prompt).prompt, self._open()
        server = ComfyServer(self._url, session)
        missing = sorted({node.get("class_type", "?") for node in graph.values()} - await server.list_nodes())
        if run.claim.type == "comfyui.check":
            return {"missing": missing}
        if missing:
            raise GiveUp(f"ComfyUI at {self._url} has no nodes called {', '.join(missing)}. Install them there first.")
        prompt_id = await self._begin(server, run, graph)
        try:
            client_id = _make_id(run, 0)
            standpoint = await Follower(server, session, prompt_id, client_id, run).follow()
        except BaseException:
            await self._drop(server, prompt_id)
            raise
        _judge(standpoint)
        return {
            "prompt_id": prompt_id,
            "assets": [await self._keep(server, run, graph, one) for one in standpoint.made],
        }

    async def close(self) -> None:
        """See ``Connector``."""
        if self._session is not None:
            await self._session.close()

    async def _begin(self, server: ComfyServer, run: Run, graph: dict[str, Any]) -> str:
        """The id of a prompt that lives: an earlier attempt's, found again, or a new one."""
        for attempt in range(run.claim.attempt, 0, -1):
            prompt_id = _make_id(run, attempt)
            standpoint = await server.find_prompt(prompt_id)
            if standpoint.state in ("pending", "running", "done"):
                run.say(f"Found again in ComfyUI as {prompt_id}: {standpoint.state}.")
                return prompt_id
        prompt_id = _make_id(run, run.claim.attempt)
        await server.submit(prompt_id, _make_id(run, 0), graph)
        run.say(f"Queued in ComfyUI as {prompt_id}.")
        return prompt_id

    async def _drop(self, server: ComfyServer, prompt_id: str) -> None:
        from aiohttp import ClientError

        try:
            await server.drop_prompt(prompt_id)
        except (ClientError, ServerFailed) as error:
            log.warning("a prompt could not be taken back", prompt=prompt_id, reason=str(error))

    async def _keep(self, server: ComfyServer, run: Run, graph: dict[str, Any], made: Made) -> Any:
        path = run.folder / f"{made.node}-{PurePosixPath(made.filename).name}"
        with path.open("wb") as file:
            async for piece in server.read_file(made):
                file.write(piece)
        digest = hashlib.sha256(msgspec.json.encode(graph, order="deterministic")).hexdigest()
        facts: dict[str, Any] = {
            "model": ", ".join(_list_models(graph)),
            "inputs": [{"name": "graph", "sha256": digest}],
        }
        return await run.produce(path, name=made.filename, **facts)

    def _open(self) -> ClientSession:
        if self._session is None:
            from aiohttp import ClientSession, ClientTimeout

            from gonogo.kernel.outgoing.connecting import make_connector

            self._session = ClientSession(
                timeout=ClientTimeout(total=None, connect=10), connector=make_connector(ADMINISTERED)
            )
        return self._session


def open_connector(options: Mapping[str, str]) -> ComfyConnector:
    """A connector to the server at ``comfyui_url``, at ``COMFYUI_URL``, or on this machine."""
    return ComfyConnector(options.get("comfyui_url") or os.environ.get("COMFYUI_URL") or USUAL)


def _make_id(run: Run, attempt: int) -> str:
    # The same for the same attempt, so that a worker that died is found by the next one.
    return str(uuid5(NAMESPACE_URL, f"urn:gonogo:job:{run.claim.id}:{attempt}"))


def _judge(standpoint: Standpoint) -> None:
    if standpoint.state == "lost":
        raise PromptLost(standpoint.why)
    if standpoint.state != "done":
        raise PromptFailed(standpoint.why)


def _list_models(graph: dict[str, Any]) -> list[str]:
    inputs = [node.get("inputs", {}) for node in graph.values()]
    return sorted({str(each[name]) for each in inputs for name in MODEL_INPUTS if isinstance(each.get(name), str)})
