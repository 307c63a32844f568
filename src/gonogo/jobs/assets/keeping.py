"""How workers hand over what their jobs made: in this process, or to a server elsewhere."""

from __future__ import annotations

import asyncio
import mimetypes
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec

from gonogo.jobs.asset_schemas import Input, Origin
from gonogo.jobs.assets.commands import keep_asset
from gonogo.jobs.connectors.connector import Keep, Product, Run
from gonogo.kernel.auth.actor import SYSTEM
from gonogo.kernel.kernel import Kernel

CHUNK = 1 << 18
OCTETS = "application/octet-stream"


def keep_here(kernel: Kernel) -> Keep:
    """Keep in this process's store. The job's result is told id, name, digest and size."""

    async def keep(run: Run, product: Product) -> Any:
        asset = await keep_asset(
            kernel,
            SYSTEM,
            read_pieces(product.path),
            name=product.name,
            media_type=guess_type(product),
            origin=tell_origin(run, product),
        )
        return {"id": asset.id, "name": asset.name, "sha256": asset.sha256, "size": asset.size}

    return keep


def tell_origin(run: Run, product: Product) -> Origin:
    """How the file came to be; facts that have no place of their own are its details."""
    facts = dict(product.facts)
    connector = next((need.partition("=")[2] for need in run.claim.needs if need.startswith("connector=")), "")
    return Origin(
        job=run.claim.id,
        type=run.claim.type,
        connector=connector,
        model=str(facts.pop("model", "")),
        inputs=tuple(msgspec.convert(facts.pop("inputs", ()), list[Input])),
        details=facts,
    )


def guess_type(product: Product) -> str:
    """The media type that the connector told, or the one that the name suggests."""
    return product.media_type or mimetypes.guess_type(product.name)[0] or OCTETS


async def read_pieces(path: Path) -> AsyncIterator[bytes]:
    """The bytes of a file, read beside the event loop."""
    with path.open("rb") as file:
        while piece := await asyncio.to_thread(file.read, CHUNK):
            yield piece
