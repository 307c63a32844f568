"""The public tables are what people with SQL were promised."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from gonogo.kernel.db.migrate import migrate_database
from gonogo.observe.blocks import read_cells, roll_hour, write_cells
from gonogo.observe.codec import decode_block, encode_block
from gonogo.observe.metrics import NAMES
from tests.kernel.db.test_migrate import run_alembic

TRACE = Path(__file__).parent / "fixtures/host_under_load.json"
PUBLIC = (
    "system_metrics_history",
    "process_metrics_history",
    "infrastructure_health",
    "infrastructure_alerts",
    "metric_aggregations",
)
HEALTHY = "INSERT INTO infrastructure_health (host, component, timestamp, status, score, reason) VALUES (?,?,?,?,1,'')"
SAMPLE = (
    "INSERT INTO system_metrics_history (host, timestamp, cpu_percent) VALUES ('web1', '2026-03-02T12:00:00.000Z', 9)"
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "gonogo.db"
    migrate_database(path)
    return path


@pytest.fixture
def database(path: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(path)) as database:
        yield database


def list_names(database: sqlite3.Connection, kind: str) -> set[str]:
    return {name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = ?", (kind,))}


def test_the_five_tables_are_there_and_indexed_by_time(database: sqlite3.Connection) -> None:
    assert set(PUBLIC) <= list_names(database, "table")
    indexes = list_names(database, "index")
    for prefix in ("idx_system_", "idx_process_", "idx_infra_", "idx_alerts_"):
        assert any(name.startswith(prefix) for name in indexes)


def test_a_host_has_one_row_for_a_moment(database: sqlite3.Connection) -> None:
    database.execute(SAMPLE)
    with pytest.raises(sqlite3.IntegrityError, match="UNIQUE"):
        database.execute(SAMPLE)


def test_only_known_health_statuses_are_taken(database: sqlite3.Connection) -> None:
    database.execute(HEALTHY, ("web1", "cpu", "2026-03-02T12:00:00.000Z", "healthy"))
    with pytest.raises(sqlite3.IntegrityError, match="healthstatus"):
        database.execute(HEALTHY, ("web1", "disk", "2026-03-02T12:00:00.000Z", "splendid"))


def test_the_revision_goes_down_and_up_with_data_in_its_tables(path: Path) -> None:
    with closing(sqlite3.connect(path)) as database:
        database.execute(SAMPLE)
        database.execute(HEALTHY, ("web1", "cpu", "2026-03-02T12:00:00.000Z", "healthy"))
        database.commit()
    run_alembic(path, "downgrade", "0003")
    with closing(sqlite3.connect(path)) as database:
        assert set(PUBLIC).isdisjoint(list_names(database, "table"))
    run_alembic(path, "upgrade", "head")
    with closing(sqlite3.connect(path)) as database:
        assert set(PUBLIC) <= list_names(database, "table")
        assert database.execute("SELECT count(*) FROM system_metrics_history").fetchone() == (0,)


def test_a_real_hour_under_load_packs_within_its_budget() -> None:
    """Recorded with psutil on a busy machine: 720 samples, as one block holds."""
    trace = json.loads(TRACE.read_text(encoding="utf-8"))
    assert trace["names"] == list(NAMES)
    raw = encode_block(trace["columns"])
    assert decode_block(raw) == trace["columns"]
    minutes = [cells * 12 for cells in roll_hour(trace["columns"])["1m"]]
    packed = write_cells(minutes)
    assert read_cells(packed) == minutes
    assert 24 * len(raw) + 2 * len(packed) < 750_000
