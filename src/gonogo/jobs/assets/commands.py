"""Keeping a file and its statement, and proving both again."""

from __future__ import annotations

import asyncio
import hashlib
import tempfile
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path
from typing import IO, Any

from gonogo.jobs.asset_errors import AssetDamaged, AssetTooLarge
from gonogo.jobs.asset_schemas import Asset, Origin
from gonogo.jobs.asset_store import get_asset, get_statement, insert_asset
from gonogo.jobs.assets.desk import AssetDesk
from gonogo.jobs.assets.statement import sign_asset, verify_statement
from gonogo.kernel.auth.actor import Actor
from gonogo.kernel.auth.authorise import authorise
from gonogo.kernel.clock import format_instant
from gonogo.kernel.db.database import Tx
from gonogo.kernel.ids import new_id
from gonogo.kernel.kernel import Kernel

MOST_BYTES = 10 << 30


async def keep_asset(
    kernel: Kernel, actor: Actor, pieces: AsyncIterator[bytes], *, name: str, media_type: str, origin: Origin
) -> Asset:
    """Keep the bytes once under their SHA-256 and sign how they came to be.

    Raises ``Forbidden``, ``AssetTooLarge``, or ``BucketUnavailable``; nothing half-done stays.
    """
    authorise(actor, "operator")
    desk = kernel.get_part(AssetDesk)
    partial_file = await asyncio.to_thread(_make_file, kernel.config.folder)
    try:
        size, sha256 = await _receive(partial_file, pieces)
        await asyncio.to_thread(desk.store.adopt, sha256, partial_file)
    finally:
        partial_file.unlink(missing_ok=True)
    asset = Asset(
        id=new_id(),
        name=name,
        sha256=sha256,
        size=size,
        media_type=media_type,
        made_at=format_instant(kernel.clock.now()),
        made_by=actor.name,
        origin=origin,
    )
    await kernel.db.write(partial(_record, asset=asset, statement=sign_asset(asset, desk.signer), actor=actor))
    return asset


async def verify_asset(kernel: Kernel, id: str) -> dict[str, Any]:
    """The statement of an asset, once its signature and its bytes are proved. Raises ``AssetDamaged``."""
    desk = kernel.get_part(AssetDesk)
    asset = await kernel.db.read(partial(get_asset, id=id))
    signed = await kernel.db.read(partial(get_statement, id=id))
    found = await asyncio.to_thread(_hash_kept, desk, asset.sha256)
    if found != asset.sha256:
        raise AssetDamaged(f"The kept bytes of '{asset.name}' have changed: they are {found}, not {asset.sha256}.")
    return verify_statement(signed, desk.signer.public_key, found)


def _record(tx: Tx, *, asset: Asset, statement: dict[str, Any], actor: Actor) -> None:
    insert_asset(tx, asset, statement)
    told = {"name": asset.name, "sha256": asset.sha256, "size": asset.size, "job": asset.origin.job}
    tx.emit("asset.kept", asset.id, told, actor)


def _make_file(folder: Path) -> Path:
    beside = folder / "assets.partial"
    beside.mkdir(mode=0o700, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=beside, delete=False) as file:
        return Path(file.name)


async def _receive(path: Path, pieces: AsyncIterator[bytes]) -> tuple[int, str]:
    digest, size = hashlib.sha256(), 0
    file: IO[bytes]
    with path.open("wb") as file:
        async for piece in pieces:
            size += len(piece)
            if size > MOST_BYTES:
                raise AssetTooLarge(f"An asset holds at most {MOST_BYTES >> 30} GiB.", field="body")
            digest.update(piece)
            await asyncio.to_thread(file.write, piece)
    return size, digest.hexdigest()


def _hash_kept(desk: AssetDesk, sha256: str) -> str:
    digest = hashlib.sha256()
    for piece in desk.store.read(sha256):
        digest.update(piece)
    return digest.hexdigest()
