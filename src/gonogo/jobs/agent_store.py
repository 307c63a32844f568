"""All SQL of agents."""

from __future__ import annotations

from typing import Any

import msgspec
from sqlalchemy import JSON, Column, Integer, Row, String, Table, Text, delete, insert, or_, select, update

from gonogo.jobs.agent_errors import AgentNotFound
from gonogo.jobs.agent_schemas import Agent, Wanted
from gonogo.kernel.db.database import Tx
from gonogo.kernel.db.tables import metadata

agents = Table(
    "agents",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("name", String(40), nullable=False, unique=True),
    Column("template", String(200), nullable=False),
    Column("role", String(200), nullable=False),
    Column("prompt", Text, nullable=False),
    Column("connectors", JSON, nullable=False),
    Column("capabilities", JSON, nullable=False),
    Column("modules", String(200), nullable=False),
    Column("concurrency", Integer, nullable=False),
    Column("wanted", String(10), nullable=False),
    Column("made_at", String(24), nullable=False),
    Column("made_by", String(200), nullable=False),
)


def insert_agent(tx: Tx, agent: Agent) -> None:
    """Add one."""
    tx.execute(insert(agents).values(**msgspec.to_builtins(agent)))


def list_agents(tx: Tx) -> list[Agent]:
    """Every agent, oldest first."""
    return [_read(row) for row in tx.execute(select(agents).order_by(agents.c.id))]


def find_agent(tx: Tx, key: str) -> Agent | None:
    """The agent of this id or name."""
    row = tx.execute(select(agents).where(or_(agents.c.id == key, agents.c.name == key))).one_or_none()
    return None if row is None else _read(row)


def get_agent(tx: Tx, key: str) -> Agent:
    """The agent of this id or name. Raises ``AgentNotFound``."""
    agent = find_agent(tx, key)
    if agent is None:
        raise AgentNotFound(f"There is no agent '{key}'. `gonogo agents list` shows those there are.")
    return agent


def set_wanted(tx: Tx, id: str, wanted: Wanted) -> None:
    """Say whether it should run."""
    tx.execute(update(agents).where(agents.c.id == id).values(wanted=wanted))


def delete_agent(tx: Tx, id: str) -> None:
    """Forget it."""
    tx.execute(delete(agents).where(agents.c.id == id))


def _read(row: Row[Any]) -> Agent:
    told = row._asdict()
    return Agent(**told | {name: tuple(told[name]) for name in ("connectors", "capabilities")})
