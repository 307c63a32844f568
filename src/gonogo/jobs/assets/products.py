"""Keeping what jobs produce: the bridge from a worker of this process to the asset store."""

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

PIECE = 1 << 20
OCTETS = "application/octet-stream"


def keep_here(kernel: Kernel) -> Keep:
    """What a worker of this process does with produced files: they become assets with a signed statement."""

    async def keep(run: Run, product: Product) -> Any:
        return await keep_asset(
            kernel,
            SYSTEM,
            _read_pieces(product.path),
            name=product.name,
            media_type=guess_type(product),
            origin=describe_origin(run, product),
        )

    return keep


def describe_origin(run: Run, product: Product) -> Origin:
    """What the statement says of a file's making."""
    facts = dict(product.facts)
    inputs = tuple(msgspec.convert(given, Input) for given in facts.pop("inputs", ()))
    known = {name: str(facts.pop(name)) for name in ("model", "connector", "worker") if name in facts}
    return Origin(job=run.claim.id, type=run.claim.type, inputs=inputs, details=facts, **known)


def guess_type(product: Product) -> str:
    """The media type that the connector told, or the one that the name suggests."""
    return product.media_type or mimetypes.guess_type(product.name)[0] or OCTETS


async def _read_pieces(path: Path) -> AsyncIterator[bytes]:
    file = await asyncio.to_thread(path.open, "rb")
    with file:
        while piece := await asyncio.to_thread(file.read, PIECE):
            yield piece
