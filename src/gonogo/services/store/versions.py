"""Recorded versions."""

from __future__ import annotations

from sqlalchemy import insert, select

from gonogo.kernel.auth.actor import Actor
from gonogo.kernel.clock import format_instant
from gonogo.kernel.db.database import Tx
from gonogo.services.models import versions
from gonogo.services.schemas import Version


def list_versions(tx: Tx, service: str) -> list[Version]:
    """The versions of a service, newest first."""
    found = select(versions).where(versions.c.service == service).order_by(versions.c.created_at.desc())
    return [Version(**row) for row in tx.execute(found).mappings()]


def find_version(tx: Tx, service: str, version: str) -> Version | None:
    """One of them."""
    match = (versions.c.service == service, versions.c.version == version)
    row = tx.execute(select(versions).where(*match)).mappings().first()
    return Version(**row) if row else None


def insert_version(tx: Tx, service: str, version: str, launch: str, actor: Actor) -> None:
    """Record a new version."""
    row = {"service": service, "version": version, "launch": launch, "created_by": actor.name}
    tx.execute(insert(versions).values(**row, created_at=format_instant(tx.clock.now())))
