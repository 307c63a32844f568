"""Reading, searching and changing values."""

from __future__ import annotations

from time import perf_counter
from typing import Annotated, Any

import msgspec
from litestar import Controller, Request, Response, delete, get, post, put
from litestar.params import Parameter

from gonogo.kernel.auth.actor import Actor
from gonogo.kernel.auth.scopes import declare_scope
from gonogo.kernel.http.envelope import success
from gonogo.kernel.ids import new_id
from gonogo.kernel.kernel import Kernel
from gonogo.kernel.numbers import LARGEST
from gonogo.settings.commands.knobs import find_definition
from gonogo.settings.commands.values import change_batch, set_value, unset_value
from gonogo.settings.desk import Desk
from gonogo.settings.models import DEFAULT
from gonogo.settings.routes.answers import ReadyAnswer, answer_commit, answer_setting
from gonogo.settings.schemas import Batch, SetValue
from gonogo.settings.search.highlight import find_highlights
from gonogo.settings.views import Filter, Views

BOOT = new_id()
JSON = "application/json"
Version = Annotated[int, Parameter(ge=0, le=LARGEST)]
Why = Annotated[str, Parameter(max_length=1000)]


class ValuesController(Controller):
    """Settings by key."""

    path = "/api/settings"
    opt = declare_scope("settings:read")
    tags = ("settings",)

    @get("/")
    async def list_settings(
        self,
        request: Request[Actor, Any, Any],
        kernel: Kernel,
        category: str | None = None,
        prefix: str | None = None,
        modified: bool | None = None,
        environment: str = DEFAULT,
    ) -> Response[bytes]:
        """All settings in the catalog's order; 304 while nothing changed since the ``ETag`` that was given."""
        desk = kernel.get_part(Desk)
        desk.live.check_environment(environment)
        etag = f'"{BOOT}.{desk.live.revision}"'
        headers = {"ETag": etag, "Cache-Control": "private, no-cache"}
        if etag in request.headers.get("if-none-match", ""):
            return Response(b"", status_code=304, headers=headers, media_type=JSON)
        desk.live.reads += 1
        body = kernel.get_part(Views).encode_list(Filter(environment, category, prefix, modified))
        return Response(body, media_type=JSON, headers=headers)

    @get("/search")
    async def search_settings(
        self, kernel: Kernel, q: str = "", limit: Annotated[int, Parameter(ge=1, le=200)] = 20
    ) -> dict[str, Any]:
        """Settings that match every word (or else any), best first, with the places to mark in each text."""
        desk, views, started = kernel.get_part(Desk), kernel.get_part(Views), perf_counter()
        found = desk.index.search(q, limit)
        data = []
        for hit in found.hits:
            view = views.view(hit.key)
            marks = find_highlights(view, found.matched)
            data.append({**msgspec.structs.asdict(view), "score": hit.score, "highlights": marks})
        seconds = perf_counter() - started
        desk.measures.note_search(seconds)
        return success(data, total=found.total, took_ms=round(seconds * 1000, 3))

    @get("/{key:str}", opt=declare_scope("settings:read", "flags:evaluate"))
    async def read_setting(self, key: str, kernel: Kernel, environment: str = DEFAULT) -> ReadyAnswer:
        """One setting with its definition."""
        desk, views = kernel.get_part(Desk), kernel.get_part(Views)
        desk.live.reads += 1
        if environment == DEFAULT and (body := views.encode(key)) is not None:
            return ReadyAnswer(b'{"status":"success","data":' + body + b"}")
        desk.live.check_environment(environment)
        if key not in desk.live.definitions and (knob := find_definition(kernel.knobs, key)) is not None:
            return ReadyAnswer(msgspec.json.encode(success(views.show_default(knob))))
        desk.get_definition(key)
        return ReadyAnswer(msgspec.json.encode(success(views.view(key, environment))))

    @put("/{key:str}", opt=declare_scope("settings:write"))
    async def set_setting(
        self,
        key: str,
        data: SetValue,
        request: Request[Actor, Any, Any],
        kernel: Kernel,
        environment: str = DEFAULT,
    ) -> dict[str, Any]:
        """Set the value; every client of the socket hears of it."""
        commit = await set_value(
            kernel.get_part(Desk),
            request.user,
            key,
            data.value,
            environment=environment,
            version=data.version,
            why=data.why,
        )
        return answer_setting(kernel, key, environment, commit)

    @delete("/{key:str}", status_code=200, opt=declare_scope("settings:write"))
    async def unset_setting(
        self,
        key: str,
        request: Request[Actor, Any, Any],
        kernel: Kernel,
        environment: str = DEFAULT,
        version: Version | None = None,
        why: Why = "",
    ) -> dict[str, Any]:
        """Back to the default; in a named environment, back to what it inherits."""
        commit = await unset_value(
            kernel.get_part(Desk), request.user, key, environment=environment, version=version, why=why
        )
        return answer_setting(kernel, key, environment, commit)

    @post("/batch", status_code=200, opt=declare_scope("settings:write"))
    async def change_many(
        self, data: Batch, request: Request[Actor, Any, Any], kernel: Kernel, environment: str = DEFAULT
    ) -> dict[str, Any]:
        """Many changes in one transaction and one broadcast; one bad value, and nothing changes."""
        commit = await change_batch(
            kernel.get_part(Desk),
            request.user,
            data.values,
            data.unset,
            environment=environment,
            versions=data.versions,
            why=data.why,
        )
        return answer_commit(kernel, commit, environment)
