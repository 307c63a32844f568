"""Assets over HTTP: kept, listed, read, and proved."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from functools import partial
from typing import Annotated, Any

import msgspec
from litestar import Controller, Request, get, post
from litestar.params import Parameter
from litestar.response import Stream

from gonogo.jobs.asset_schemas import Asset, Origin
from gonogo.jobs.asset_store import get_asset, get_statement, list_assets
from gonogo.jobs.assets.commands import MOST_BYTES, keep_asset, verify_asset
from gonogo.jobs.assets.desk import AssetDesk
from gonogo.jobs.assets.signing import write_public
from gonogo.kernel.auth.actor import Actor
from gonogo.kernel.auth.scopes import declare_scope
from gonogo.kernel.errors import BadInput
from gonogo.kernel.http.envelope import success
from gonogo.kernel.kernel import Kernel

Ask = Request[Actor, Any, Any]
Name = Annotated[str, Parameter(min_length=1, max_length=300)]
Limit = Annotated[int, Parameter(ge=1, le=500)]
OCTETS = "application/octet-stream"


class AssetsController(Controller):
    """Files that jobs made."""

    path = "/api/assets"
    opt = declare_scope("admin")
    tags = ("jobs",)

    @get("/")
    async def list_kept(
        self,
        kernel: Kernel,
        job: str | None = None,
        sha256: str | None = None,
        before: str | None = None,
        limit: Limit = 50,
    ) -> dict[str, Any]:
        """Assets, newest first; ``before`` is the id that the last page ended with."""
        found = await kernel.db.read(partial(list_assets, job=job, sha256=sha256, before=before, limit=limit))
        return success(found)

    @post("/", request_max_body_size=MOST_BYTES, opt=declare_scope("queue:work"))
    async def keep(self, request: Ask, kernel: Kernel, name: Name, origin: str = "{}") -> dict[str, Any]:
        """Keep the request's body. ``origin`` is JSON: job, type, connector, worker, model, inputs, details."""
        asset = await keep_asset(
            kernel,
            request.user,
            request.stream(),
            name=name,
            media_type=request.headers.get("content-type", OCTETS),
            origin=_read_origin(origin),
        )
        return success(asset)

    @get("/key")
    async def read_key(self, kernel: Kernel) -> dict[str, Any]:
        """The public key that proves statements."""
        signer = await asyncio.to_thread(lambda: kernel.get_part(AssetDesk).signer)
        return success({"keyid": signer.public_key.keyid, "pem": write_public(signer)})

    @get("/{id:str}")
    async def show(self, id: str, kernel: Kernel) -> dict[str, Any]:
        """One asset."""
        return success(await kernel.db.read(partial(get_asset, id=id)))

    @get("/{id:str}/content")
    async def read_content(self, id: str, kernel: Kernel) -> Stream:
        """The bytes, as an attachment."""
        asset: Asset = await kernel.db.read(partial(get_asset, id=id))
        pieces = kernel.get_part(AssetDesk).store.read(asset.sha256)
        first = await asyncio.to_thread(next, pieces, b"")
        headers = {
            "Content-Disposition": "attachment",
            "X-Content-Type-Options": "nosniff",
            "ETag": f'"{asset.sha256}"',
        }
        return Stream(_go_on(first, pieces), media_type=asset.media_type, headers=headers)

    @get("/{id:str}/statement")
    async def read_statement(self, id: str, kernel: Kernel) -> dict[str, Any]:
        """The signed statement: an in-toto statement in a DSSE envelope."""
        return success(await kernel.db.read(partial(get_statement, id=id)))

    @post("/{id:str}/verify", status_code=200)
    async def verify(self, id: str, kernel: Kernel) -> dict[str, Any]:
        """Prove signature and bytes; gives what is stated, or 409 with what is wrong."""
        return success(await verify_asset(kernel, id))


async def _go_on(first: bytes, rest: Iterator[bytes]) -> AsyncIterator[bytes]:
    piece = first
    while piece:
        yield piece
        piece = await asyncio.to_thread(next, rest, b"")


def _read_origin(text: str) -> Origin:
    try:
        return msgspec.json.decode(text, type=Origin)
    except msgspec.DecodeError as error:
        raise BadInput(f"'origin' is not what it should be: {error}.", field="origin") from error
