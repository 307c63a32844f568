"""HTTP checks: those that were added by people, how each stands, and its results."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec
import structlog
from sqlalchemy import delete, select, update
from sqlalchemy.dialects.sqlite import insert

from gonogo.kernel.auth.actor import Actor
from gonogo.kernel.clock import format_instant, parse_instant
from gonogo.kernel.db.database import Tx
from gonogo.kernel.vault import PREFIX, SealBroken, Vault
from gonogo.observe.checks.board import CheckState, Contract, Result, State
from gonogo.observe.checks.definition import Check
from gonogo.observe.models import check_results, check_states, http_checks

PURPOSE = "gonogo checks"
log = structlog.get_logger()


class Standing(msgspec.Struct, frozen=True):
    """How a check stood when it was last written."""

    state: State
    since: float
    failures: int
    contract: Contract | None


def list_checks(tx: Tx, vault: Vault) -> list[Check]:
    """The checks that people added, by name; without those that were sealed with a key that is gone."""
    rows = tx.execute(select(http_checks.c.name, http_checks.c.definition).order_by(http_checks.c.name)).all()
    read = (_read_check(row.name, row.definition, vault) for row in rows)
    return [check for check in read if check is not None]


def has_check(tx: Tx, name: str) -> bool:
    """Whether a person added one of this name."""
    return tx.execute(select(http_checks.c.name).where(http_checks.c.name == name)).first() is not None


def seal_checks(tx: Tx, vault: Vault) -> None:
    """Seal what a former version kept in clear."""
    for row in tx.execute(select(http_checks.c.name, http_checks.c.definition)).all():
        if not row.definition.startswith(PREFIX):
            sealed = vault.seal(_name(row.name), row.definition)
            tx.execute(update(http_checks).where(http_checks.c.name == row.name).values(definition=sealed))


def insert_check(tx: Tx, check: Check, actor: Actor, vault: Vault) -> None:
    """Keep a new check, sealed: its address, headers and body say how to sign in somewhere."""
    definition = vault.seal(_name(check.name), msgspec.json.encode(check).decode())
    at = format_instant(tx.clock.now())
    tx.execute(insert(http_checks).values(name=check.name, definition=definition, created_at=at, created_by=actor.name))


def delete_check(tx: Tx, name: str) -> None:
    """Drop a check with everything that is known of it."""
    for table in (http_checks, check_states, check_results):
        tx.execute(delete(table).where(table.c.name == name))


def write_result(tx: Tx, name: str, result: Result) -> None:
    """Keep a round's result."""
    row = {
        "timestamp": _write(result.at),
        "passed": int(result.passed),
        "latency_ms": result.latency_ms,
        "http_status": result.http_status,
        "tls_days": result.tls_days,
        "faults": msgspec.json.encode(result.faults).decode(),
    }
    tx.execute(insert(check_results).on_conflict_do_nothing(), {"name": name, **row})


def write_state(tx: Tx, state: CheckState) -> None:
    """Remember how a check stands, so that a restart does not forget it."""
    changes = {
        "state": state.state,
        "since": _write(state.since or 0.0),
        "failures": state.failures,
        "contract": msgspec.json.encode(state.contract).decode(),
    }
    upsert = insert(check_states).values(name=state.check.name, **changes)
    tx.execute(upsert.on_conflict_do_update(index_elements=["name"], set_=changes))


def find_standing(tx: Tx, name: str) -> Standing | None:
    """How a check stood when it was last written."""
    row = tx.execute(select(check_states).where(check_states.c.name == name)).first()
    if row is None:
        return None
    contract = msgspec.json.decode(row.contract, type=Contract | None)
    return Standing(row.state, parse_instant(row.since).timestamp(), row.failures, contract)


def list_results(tx: Tx, name: str, since: float, limit: int) -> list[Result]:
    """A check's results from an instant on (seconds since the epoch), the newest ``limit``, oldest first."""
    table = check_results
    query = select(table).where(table.c.name == name, table.c.timestamp >= _write(since))
    rows = tx.execute(query.order_by(table.c.timestamp.desc()).limit(limit)).all()
    return [
        Result(
            at=parse_instant(row.timestamp).timestamp(),
            passed=bool(row.passed),
            latency_ms=row.latency_ms,
            http_status=row.http_status,
            tls_days=row.tls_days,
            faults=msgspec.json.decode(row.faults, type=tuple[str, ...]),
        )
        for row in reversed(rows)
    ]


def _read_check(name: str, definition: str, vault: Vault) -> Check | None:
    try:
        text = vault.unseal(_name(name), definition) if definition.startswith(PREFIX) else definition
    except SealBroken as error:
        log.error("check left out", check=name, why=str(error))
        return None
    return msgspec.json.decode(text, type=Check)


def _name(check: str) -> str:
    return f"check {check}"


def _write(at: float) -> str:
    return format_instant(datetime.fromtimestamp(at, UTC))
