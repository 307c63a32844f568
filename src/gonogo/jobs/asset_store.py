"""All SQL of assets."""

from __future__ import annotations

from typing import Any

import msgspec
from sqlalchemy import JSON, BigInteger, Column, Index, Row, String, Table, insert, select

from gonogo.jobs.asset_errors import AssetNotFound
from gonogo.jobs.asset_schemas import Asset, Origin
from gonogo.kernel.db.database import Tx
from gonogo.kernel.db.tables import metadata

assets = Table(
    "assets",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("name", String(300), nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("media_type", String(200), nullable=False),
    Column("made_at", String(24), nullable=False),
    Column("made_by", String(200), nullable=False),
    Column("job", String(36), nullable=False),
    Column("origin", JSON, nullable=False),
    Column("statement", JSON, nullable=False),
    Index("ix_assets_sha256", "sha256"),
    Index("ix_assets_job", "job"),
)
_TOLD = [column for column in assets.c if column.name not in ("job", "statement")]


def insert_asset(tx: Tx, asset: Asset, statement: dict[str, Any]) -> None:
    """Add one asset with its signed statement."""
    row = msgspec.to_builtins(asset)
    tx.execute(insert(assets).values(**row, job=asset.origin.job, statement=statement))


def list_assets(tx: Tx, *, job: str | None, sha256: str | None, before: str | None, limit: int) -> list[Asset]:
    """Assets, newest first; ``before`` is the id that the last page ended with."""
    query = select(*_TOLD).order_by(assets.c.id.desc()).limit(limit)
    if job is not None:
        query = query.where(assets.c.job == job)
    if sha256 is not None:
        query = query.where(assets.c.sha256 == sha256)
    if before is not None:
        query = query.where(assets.c.id < before)
    return [_read(row) for row in tx.execute(query)]


def get_asset(tx: Tx, id: str) -> Asset:
    """One asset. Raises ``AssetNotFound``."""
    row = tx.execute(select(*_TOLD).where(assets.c.id == id)).one_or_none()
    if row is None:
        raise AssetNotFound(f"There is no asset '{id}'. `gonogo assets list` shows what there is.")
    return _read(row)


def get_statement(tx: Tx, id: str) -> dict[str, Any]:
    """The signed statement of one asset. Raises ``AssetNotFound``."""
    get_asset(tx, id)
    statement: dict[str, Any] = tx.execute(select(assets.c.statement).where(assets.c.id == id)).scalar_one()
    return statement


def _read(row: Row[Any]) -> Asset:
    told = row._asdict()
    return Asset(**told | {"origin": msgspec.convert(told["origin"], Origin)})
