"""Documents in and out: export, import, and the catalog."""

from __future__ import annotations

from typing import Any

from litestar import Controller, Request, Response, get, post

from gonogo.kernel.auth.actor import Actor
from gonogo.kernel.auth.scopes import declare_scope
from gonogo.kernel.http.envelope import success
from gonogo.kernel.kernel import Kernel
from gonogo.settings.catalog import read_catalog
from gonogo.settings.commands.catalog import declare_catalog
from gonogo.settings.commands.transfer import export_settings, import_settings, preview_import
from gonogo.settings.desk import Desk
from gonogo.settings.errors import BadDocument
from gonogo.settings.formats import MEDIA_TYPES, Format, find_format
from gonogo.settings.models import DEFAULT
from gonogo.settings.routes.answers import answer_commit
from gonogo.settings.views import Filter


class TransferController(Controller):
    """The body of an import is the document itself; its format is ``format`` or the content type."""

    path = "/api/settings"
    opt = declare_scope("settings:read")
    tags = ("settings",)

    @get("/export")
    async def export(
        self,
        request: Request[Actor, Any, Any],
        kernel: Kernel,
        format: Format = "json",
        environment: str = DEFAULT,
        category: str | None = None,
        prefix: str | None = None,
        modified: bool | None = None,
        secrets: bool = False,
    ) -> Response[str]:
        """Values by key. ``secrets`` shows them in plain text, to administrators only."""
        chosen = Filter(environment, category, prefix, modified)
        text = await export_settings(kernel.get_part(Desk), request.user, chosen, format, secrets=secrets)
        headers = {"Content-Disposition": f'attachment; filename="settings.{format}"'}
        return Response(text, media_type=f"{MEDIA_TYPES[format]}; charset=utf-8", headers=headers)

    @post("/import", status_code=200, opt=declare_scope("settings:write"))
    async def import_document(
        self,
        request: Request[Actor, Any, Any],
        kernel: Kernel,
        dry_run: bool = False,
        format: Format | None = None,
        environment: str = DEFAULT,
        why: str = "",
    ) -> dict[str, Any]:
        """Set every value of a document in one transaction; ``dry_run`` shows the difference."""
        desk, document = kernel.get_part(Desk), await _read_body(request)
        chosen = format or find_format(request.headers.get("content-type", "")) or "json"
        if dry_run:
            return success(preview_import(desk, request.user, document, chosen, environment))
        commit = await import_settings(desk, request.user, document, chosen, environment=environment, why=why)
        return answer_commit(kernel, commit, environment)

    @post("/catalog", status_code=200, opt=declare_scope("admin"))
    async def declare(
        self,
        request: Request[Actor, Any, Any],
        kernel: Kernel,
        source: str = "catalog",
        format: Format | None = None,
        prune: bool = False,
    ) -> dict[str, Any]:
        """Declare settings and presets; again and again if need be: what people changed is kept."""
        chosen = format or find_format(request.headers.get("content-type", "")) or "json"
        catalog = read_catalog(await _read_body(request), chosen)
        desk = kernel.get_part(Desk)
        declared = await declare_catalog(desk, request.user, catalog, source=source, prune=prune)
        return success(declared, store_version=desk.live.version)


async def _read_body(request: Request[Actor, Any, Any]) -> str:
    try:
        return (await request.body()).decode()
    except UnicodeDecodeError as error:
        raise BadDocument("The document must be UTF-8 text.", field="document") from error
