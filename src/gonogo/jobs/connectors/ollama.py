"""Jobs for an Ollama server: ``ollama.chat``, ``ollama.generate``, ``ollama.pull``.

Its answers are streams of JSON lines (``docs/api.md`` of Ollama): pieces, then one with ``done``; an error may come as
a line in mid-stream. A stream that ends without ``done`` was cut. Closing the connection ends the work there.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import AsyncIterator, Mapping
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
import structlog

from gonogo.jobs.connectors.connector import Run
from gonogo.kernel.durable import GiveUp, TryAgain
from gonogo.kernel.outgoing.guard import ADMINISTERED

if TYPE_CHECKING:
    from aiohttp import ClientResponse, ClientSession

USUAL = "http://127.0.0.1:11434"
ASK_S = 2.0
BUSY_S = 5.0
NANOSECOND = 1e-9
TYPES = ("ollama.chat", "ollama.generate", "ollama.pull")
log = structlog.get_logger()


class Chat(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The payload of ``ollama.chat``; what Ollama itself knows goes to it as it is."""

    model: Annotated[str, msgspec.Meta(min_length=1)]
    messages: Annotated[list[dict[str, Any]], msgspec.Meta(min_length=1)]
    options: dict[str, Any] = {}
    format: Any = None
    tools: list[dict[str, Any]] | None = None
    keep_alive: str | int | None = None
    save_as: str = ""
    """Name of an asset to keep the answer as."""


class Generate(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The payload of ``ollama.generate``."""

    model: Annotated[str, msgspec.Meta(min_length=1)]
    prompt: str
    system: str | None = None
    suffix: str | None = None
    images: list[str] | None = None
    options: dict[str, Any] = {}
    format: Any = None
    keep_alive: str | int | None = None
    save_as: str = ""


class Pull(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The payload of ``ollama.pull``."""

    model: Annotated[str, msgspec.Meta(min_length=1)]


class StreamCut(Exception):
    """The answer ended before Ollama said that it was done."""


class OllamaFailed(Exception):
    """Ollama told of an error that may pass."""


class OllamaConnector:
    """Speaks to one server, over connections opened with the first job."""

    name = "ollama"

    def __init__(self, url: str, system: str = "") -> None:
        self._url, self._system = url.rstrip("/"), system
        self._session: ClientSession | None = None

    def list_capabilities(self) -> tuple[str, ...]:
        """Its types, and ``model=…`` for every model that the server has now."""
        models = (f"model={name}" for name in self._list_models())
        return ("connector=ollama", *(f"type={name}" for name in TYPES), *models)

    async def run(self, run: Run) -> dict[str, Any]:
        """The whole answer with its figures; pieces are told as progress while they come."""
        if run.claim.type == "ollama.pull":
            return await self._pull(run)
        if run.claim.type == "ollama.chat":
            return await self._answer(run, "chat", _instruct_chat(run.read_payload(Chat), self._system))
        return await self._answer(run, "generate", _instruct(run.read_payload(Generate), self._system))

    async def close(self) -> None:
        """See ``Connector``."""
        if self._session is not None:
            await self._session.close()

    async def _answer(self, run: Run, path: str, asked: Chat | Generate) -> dict[str, Any]:
        pieces: list[str] = []
        async for line in self._stream(path, _write_request(asked)):
            piece = line["message"]["content"] if path == "chat" else line["response"]
            pieces.append(piece)
            text = "".join(pieces)
            run.report(message=text[-160:])
            if line.get("done"):
                run.say(f"{asked.model}: {line.get('eval_count', 0)} tokens, {line.get('done_reason', 'done')}")
                answer = {"text": text, **_read_figures(line)}
                if path == "chat" and line["message"].get("tool_calls"):
                    answer["tool_calls"] = line["message"]["tool_calls"]
                return answer | await _save(run, asked, text)
        raise StreamCut(f"Ollama's answer broke off after {len(pieces)} pieces.")

    async def _pull(self, run: Run) -> dict[str, Any]:
        asked = run.read_payload(Pull)
        told = ""
        async for line in self._stream("pull", {"model": asked.model, "stream": True}):
            total = line.get("total")
            run.report(line.get("completed", 0) / total if total else None, line["status"])
            if line["status"] != told:
                told = line["status"]
                run.say(told)
            if told == "success":
                return {"model": asked.model, "status": told}
        raise StreamCut(f"The download of {asked.model} broke off at '{told}'.")

    async def _stream(self, path: str, body: dict[str, Any]) -> AsyncIterator[dict[str, Any]]:
        from aiohttp import ClientPayloadError

        try:
            async with self._open().post(f"{self._url}/api/{path}", json=body) as response:
                await _check(response)
                async for raw in response.content:
                    if raw.strip():
                        yield _read_line(raw)
        except ClientPayloadError as error:
            raise StreamCut(f"Ollama's answer broke off: {error}.") from error

    def _open(self) -> ClientSession:
        if self._session is None:
            from aiohttp import ClientSession, ClientTimeout

            from gonogo.kernel.outgoing.connecting import make_connector

            # The job's own time-out counts; a line may be as long as a whole thought.
            connector = make_connector(ADMINISTERED)
            self._session = ClientSession(timeout=ClientTimeout(total=None), read_bufsize=1 << 22, connector=connector)
        return self._session

    def _list_models(self) -> list[str]:
        import httpx

        try:
            answer = httpx.get(f"{self._url}/api/tags", timeout=ASK_S, trust_env=False).raise_for_status()
            return sorted(model["name"] for model in answer.json()["models"])
        except (httpx.HTTPError, ValueError, KeyError) as error:
            log.warning("Ollama does not tell its models", url=self._url, reason=str(error))
            return []


def open_connector(options: Mapping[str, str]) -> OllamaConnector:
    """A connector to the server at ``ollama_url``, at ``OLLAMA_HOST``, or on this machine.

    An agent's prompt is the system message of jobs that bring none.
    """
    found = options.get("ollama_url") or os.environ.get("OLLAMA_HOST") or USUAL
    return OllamaConnector(found if "://" in found else f"http://{found}", os.environ.get("GONOGO_AGENT_PROMPT", ""))


def _instruct_chat(asked: Chat, system: str) -> Chat:
    if not system or any(message.get("role") == "system" for message in asked.messages):
        return asked
    return msgspec.structs.replace(asked, messages=[{"role": "system", "content": system}, *asked.messages])


def _instruct(asked: Generate, system: str) -> Generate:
    return asked if asked.system is not None or not system else msgspec.structs.replace(asked, system=system)


def _write_request(asked: Chat | Generate) -> dict[str, Any]:
    told: dict[str, Any] = msgspec.to_builtins(asked)
    told.pop("save_as")
    return {name: value for name, value in told.items() if value not in (None, {})} | {"stream": True}


async def _check(response: ClientResponse) -> None:
    if response.status == 200:
        return
    text = await response.text()
    try:
        told = msgspec.json.decode(text, type=dict[str, Any]).get("error", text)
    except msgspec.DecodeError:
        told = text[:500]
    sentence = f"Ollama answered {response.status}: {told}"
    if response.status == 503:
        raise TryAgain(BUSY_S, sentence)
    raise GiveUp(sentence) if response.status < 500 else OllamaFailed(sentence)


def _read_line(raw: bytes) -> dict[str, Any]:
    try:
        line = msgspec.json.decode(raw, type=dict[str, Any])
    except msgspec.DecodeError as error:
        raise StreamCut("Ollama's answer broke off in the middle of a line.") from error
    if "error" in line:
        raise OllamaFailed(f"Ollama says: {line['error']}")
    return line


def _read_figures(line: dict[str, Any]) -> dict[str, Any]:
    return {
        "model": line.get("model", ""),
        "done_reason": line.get("done_reason", ""),
        "prompt_tokens": line.get("prompt_eval_count", 0),
        "tokens": line.get("eval_count", 0),
        "load_s": round(line.get("load_duration", 0) * NANOSECOND, 3),
        "duration_s": round(line.get("total_duration", 0) * NANOSECOND, 3),
    }


async def _save(run: Run, asked: Chat | Generate, text: str) -> dict[str, Any]:
    if not asked.save_as:
        return {}
    path = run.folder / "answer"
    path.write_text(text, encoding="utf-8")
    prompt = hashlib.sha256(msgspec.json.encode(_write_request(asked))).hexdigest()
    facts: dict[str, Any] = {"model": asked.model, "inputs": [{"name": "request", "sha256": prompt}]}
    return {"asset": await run.produce(path, name=asked.save_as, media_type="text/plain; charset=utf-8", **facts)}
