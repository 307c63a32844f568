"""The event log is as it was written, or the audit says which entry is not."""

from __future__ import annotations

import asyncio
import hashlib
import json
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from gonogo.kernel import kernel as kernel_module
from gonogo.kernel.audit import log as audit_log
from gonogo.kernel.audit.export import NotAnExport, verify_export
from gonogo.kernel.audit.log import AuditBroken, AuditLog
from gonogo.kernel.audit.signing import FILE, AuditKey, read_public_key, write_pem
from gonogo.kernel.auth.actor import Actor
from gonogo.kernel.db.sqlite import SqliteDatabase
from gonogo.kernel.errors import BadInput
from gonogo.kernel.events.bus import Bus
from gonogo.kernel.events.chain import GENESIS
from tests.fake_clock import FakeClock

ANN = Actor("u1", "ann@example.test", "user", "admin", account="u1", address="192.0.2.7", request_id="r1")
DAY_S = 86_400.0


class Stage:
    """A database with an audit, and what somebody with sqlite3 could do to it."""

    def __init__(self, path: Path, clock: FakeClock) -> None:
        self.path = path
        self.clock = clock
        self.db = SqliteDatabase(path, clock, Bus(clock), synchronous="NORMAL")
        self.audit = AuditLog(self.db, clock, path.parent, 400)

    async def emit(self, count: int = 1, **data: Any) -> None:
        for number in range(count):
            told = {"number": number, "text": "Grüße\n\u0007", **data}
            await self.db.write(lambda tx, told=told: tx.emit("thing.done", "t1", told, ANN))  # type: ignore[misc]

    def tamper(self, *statements: str) -> None:
        with closing(sqlite3.connect(self.path)) as other:
            for statement in statements:
                other.execute(statement)
            other.commit()

    async def export(self, **period: str) -> list[bytes]:
        pieces = [piece async for piece in await self.audit.export(**period)]
        return b"".join(pieces).splitlines()


@pytest.fixture
async def stage(tmp_path: Path, clock: FakeClock) -> AsyncIterator[Stage]:
    path = tmp_path / "gonogo.db"
    kernel_module.migrate_database(path)
    stage = Stage(path, clock)
    yield stage
    await stage.db.close()


def read_entries(path: Path) -> list[tuple[Any, ...]]:
    columns = "seq, id, name, subject, at, actor, actor_name, account, address, request_id, data, previous, hash"
    with closing(sqlite3.connect(path)) as other:
        return other.execute(f"SELECT {columns} FROM event_log ORDER BY seq").fetchall()


async def test_what_was_written_holds(stage: Stage) -> None:
    await stage.emit(5)
    await stage.audit.sign_head()
    await stage.emit()
    proof = await stage.audit.verify()
    assert (proof.ok, proof.entries, proof.last_seq, proof.signed_seq) == (True, 6, 6, 5)
    assert proof.why == "6 entries are as written, signed up to entry 5."


async def test_an_empty_log_holds(stage: Stage) -> None:
    await stage.audit.sign_head()
    assert (await stage.audit.verify()).ok


async def test_others_can_compute_the_hashes(stage: Stage) -> None:
    await stage.emit(2)
    first, second = read_entries(stage.path)
    assert (first[-2], second[-2]) == (GENESIS, first[-1])
    for entry in (first, second):
        text = json.dumps(entry[:-1], separators=(",", ":"), ensure_ascii=False)
        assert hashlib.sha256(text.encode()).hexdigest() == entry[-1]


@pytest.mark.parametrize(
    ("tampering", "fault"),
    [
        ("UPDATE event_log SET data = '{}' WHERE seq = 3", "Entry 3 was edited."),
        ("UPDATE event_log SET actor_name = 'bea' WHERE seq = 6", "Entry 6 was edited."),
        ("UPDATE event_log SET address = '' WHERE seq = 1", "Entry 1 was edited."),
        ("UPDATE event_log SET account = 'u2' WHERE seq = 2", "Entry 2 was edited."),
        ("UPDATE event_log SET request_id = 'r2' WHERE seq = 2", "Entry 2 was edited."),
        ("DELETE FROM event_log WHERE seq = 3", "Entry 3 was removed."),
        ("DELETE FROM event_log WHERE seq <= 2", "Entries 1 to 2 were removed."),
        ("DELETE FROM event_log WHERE seq = 6", "Entry 6 was removed."),
        ("DELETE FROM event_log WHERE seq >= 5", "Entries 5 to 6 were removed."),
        ("DELETE FROM event_log", "Entries 1 to 6 were removed."),
        (
            "INSERT INTO event_log (id, name, subject, at, actor, actor_name, data)"
            " VALUES ('x', 'thing.done', 't1', '2026', 'u1', 'ann', '{}')",
            "Entry 7 was inserted",
        ),
        ("UPDATE event_log SET seq = 100 + seq WHERE seq IN (2, 3)", "Entries 2 to 3 were removed."),
    ],
)
async def test_a_change_from_outside_is_found(stage: Stage, tampering: str, fault: str) -> None:
    await stage.emit(6)
    stage.tamper(tampering)
    proof = await stage.audit.verify()
    assert not proof.ok
    assert any(fault in each for each in proof.faults), proof.faults


async def test_entries_that_changed_places_are_found(stage: Stage) -> None:
    await stage.emit(4)
    stage.tamper(
        "UPDATE event_log SET seq = -1 WHERE seq = 2",
        "UPDATE event_log SET seq = 2 WHERE seq = 3",
        "UPDATE event_log SET seq = 3 WHERE seq = -1",
    )
    proof = await stage.audit.verify()
    assert (proof.ok, proof.first_bad_seq) == (False, 2)
    assert {"Entry 2 was edited.", "Entry 3 was edited."} <= set(proof.faults)


async def test_a_removed_end_is_found_also_after_more_was_written(stage: Stage) -> None:
    await stage.emit(4)
    stage.tamper("DELETE FROM event_log WHERE seq >= 3")
    await stage.emit(2)
    assert (await stage.audit.verify()).faults[0] == "Entries 3 to 4 were removed."


async def test_writing_goes_on_after_an_insertion(stage: Stage) -> None:
    await stage.emit(2)
    stage.tamper(
        "INSERT INTO event_log (id, name, subject, at, actor, actor_name, data)"
        " VALUES ('x', 'thing.done', 't1', '2026', 'u1', 'ann', '{}')"
    )
    await stage.emit(2)
    assert (await stage.audit.verify()).first_bad_seq == 3


def rewrite(path: Path, seq: int) -> None:
    """Edit an entry and mend every hash after it, as somebody would who knows how it works."""
    entries = [list(entry) for entry in read_entries(path)]
    with closing(sqlite3.connect(path)) as other:
        entries[seq - 1][6] = "somebody else"
        previous = entries[seq - 2][-1] if seq > 1 else GENESIS
        for entry in entries[seq - 1 :]:
            entry[-2] = previous
            text = json.dumps(entry[:-1], separators=(",", ":"), ensure_ascii=False)
            entry[-1] = previous = hashlib.sha256(text.encode()).hexdigest()
            values = (entry[6], entry[-2], entry[-1], entry[0])
            other.execute("UPDATE event_log SET actor_name = ?, previous = ?, hash = ? WHERE seq = ?", values)
        other.execute("UPDATE event_head SET hash = ?", (previous,))
        other.commit()


async def test_a_log_rewritten_with_new_hashes_is_found_by_its_signature(stage: Stage) -> None:
    await stage.emit(5)
    await stage.audit.sign_head()
    rewrite(stage.path, 2)
    proof = await stage.audit.verify()
    assert not proof.ok
    assert "Entry 5 is not the one that was signed" in proof.why


async def test_a_signature_by_another_key_is_found(stage: Stage, tmp_path: Path) -> None:
    await stage.emit(3)
    (tmp_path / "other").mkdir()
    other = AuditLog(stage.db, stage.clock, tmp_path / "other", 400)
    await other.sign_head()
    assert "signed with another key" in (await stage.audit.verify()).why
    assert (await stage.audit.verify(key=other.key.public)).ok


async def test_a_head_from_outside_finds_what_signatures_can_not(stage: Stage) -> None:
    await stage.emit(3)
    noted = (await stage.audit.verify()).head
    await stage.emit(2)
    assert (await stage.audit.verify(head=noted)).ok
    rewrite(stage.path, 2)
    assert (await stage.audit.verify()).ok
    proof = await stage.audit.verify(head=noted)
    assert "The head from outside is not in this log" in proof.why


async def test_a_broken_log_is_not_signed(stage: Stage) -> None:
    await stage.emit(3)
    await stage.audit.sign_head()
    await stage.emit(3)
    stage.tamper("DELETE FROM event_log WHERE seq = 5")
    await stage.audit.sign_head()
    assert (await stage.audit.verify()).signed_seq == 3
    assert not stage.audit.standing.ok


async def test_one_checkpoint_of_a_day_stays(stage: Stage) -> None:
    for _ in range(3):
        await stage.emit()
        await stage.audit.sign_head()
    stage.clock.advance(DAY_S)
    await stage.emit()
    await stage.audit.sign_head()
    with closing(sqlite3.connect(stage.path)) as other:
        assert other.execute("SELECT seq FROM event_checkpoints ORDER BY seq").fetchall() == [(3,), (4,)]


async def test_a_pruned_log_still_holds(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit_log, "PRUNED_AT_ONCE", 4)
    await stage.emit(10)
    await stage.audit.sign_head()
    stage.clock.advance(401 * DAY_S)
    await stage.emit(3)
    assert await stage.audit.prune() == 10
    assert await stage.audit.prune() == 0
    proof = await stage.audit.verify()
    assert proof.ok, proof.why
    assert (proof.first_seq, proof.last_seq, proof.pruned_seq) == (11, 14, 10)
    await stage.audit.sign_head()
    assert (await stage.audit.verify()).signed_seq == 14


async def test_removing_is_not_pruning(stage: Stage) -> None:
    await stage.emit(10)
    await stage.audit.sign_head()
    stage.tamper("UPDATE event_checkpoints SET pruned = 1", "DELETE FROM event_log WHERE seq <= 8")
    await stage.emit()
    proof = await stage.audit.verify()
    assert not proof.ok
    assert "The signature over entry 10 is not valid." in proof.faults


async def test_more_removed_than_pruned_is_found(stage: Stage) -> None:
    await stage.emit(3)
    stage.clock.advance(401 * DAY_S)
    await stage.emit(3)
    await stage.audit.prune()
    stage.tamper("DELETE FROM event_log WHERE seq <= 5")
    assert (await stage.audit.verify()).faults[0] == "Entries 4 to 5 were removed."


async def test_a_broken_log_is_not_pruned(stage: Stage) -> None:
    await stage.emit(5)
    stage.tamper("UPDATE event_log SET data = '{}' WHERE seq = 2")
    stage.clock.advance(401 * DAY_S)
    await stage.emit()
    with pytest.raises(AuditBroken, match=r"Entry 2 was edited\."):
        await stage.audit.prune()
    assert len(read_entries(stage.path)) == 6


async def test_the_newest_entry_is_never_pruned(stage: Stage) -> None:
    await stage.emit(3)
    stage.clock.advance(401 * DAY_S)
    assert await stage.audit.prune() == 2
    await stage.emit()
    assert (await stage.audit.verify()).ok


async def test_an_export_is_proved_without_the_server(stage: Stage) -> None:
    await stage.emit(2)
    stage.clock.advance(DAY_S)
    await stage.emit(3)
    stage.clock.advance(DAY_S)
    await stage.emit(2)
    lines = await stage.export(since="2026-03-03", until="2026-03-03")
    assert [json.loads(line)["seq"] for line in lines[1:]] == [3, 4, 5]
    assert json.loads(lines[1])["data"]["text"] == "Grüße\n\u0007"
    proof = verify_export(lines, stage.audit.key.public)
    assert (proof.ok, proof.first_seq, proof.last_seq) == (True, 3, 5)
    assert verify_export(await stage.export(since="2027-01-01"), stage.audit.key.public).ok


def edit(lines: list[bytes], place: int, old: bytes, new: bytes) -> list[bytes]:
    assert old in lines[place]
    return [line.replace(old, new) if number == place else line for number, line in enumerate(lines)]


async def test_a_changed_export_is_found(stage: Stage) -> None:
    await stage.emit(5)
    lines = await stage.export()
    key = stage.audit.key.public
    assert verify_export(lines, key).ok
    for changed, fault in (
        (edit(lines, 2, b"ann@", b"bea@"), "Entry 2 was edited."),
        ([*lines[:3], *lines[4:]], "Entry 3 was removed."),
        (lines[:-1], "Entry 5 was removed."),
        ([lines[0], *lines[2:]], "The export began with entry 1"),
        ([lines[0], lines[2], lines[1], *lines[3:]], "out of order"),
        (edit(lines, 0, b'"entries":5', b'"entries":4'), "The signature of the export is not valid."),
        (lines[:1], "The export had 5 entries, and this file has 0."),
    ):
        assert fault in verify_export(changed, key).why
    assert "another key" in verify_export(lines, AuditKey(stage.path.parent / "..").public).why
    with pytest.raises(NotAnExport):
        verify_export([b"{}"], key)
    with pytest.raises(NotAnExport, match="Line 2"):
        verify_export([lines[0], b"[]"], key)


@pytest.mark.parametrize("text", ["yesterday", "2026-02-30", "2026-01-01T10:00:00"])
async def test_a_period_that_can_not_be_read(stage: Stage, text: str) -> None:
    with pytest.raises(BadInput, match="'from' is not a day or an instant"):
        await stage.audit.export(since=text)


def test_the_key_is_kept_private_and_read_in_both_forms(tmp_path: Path) -> None:
    public = AuditKey(tmp_path).public
    assert (tmp_path / FILE).stat().st_mode & 0o777 == 0o600
    assert AuditKey(tmp_path).public == public
    assert read_public_key(write_pem(public)) == read_public_key(public) == public
    with pytest.raises(ValueError, match=r".*"):
        read_public_key("nonsense")


WRITER = """
import asyncio, sys
from pathlib import Path
from gonogo.kernel.auth.actor import SYSTEM
from gonogo.kernel.clock import SystemClock
from gonogo.kernel.db.sqlite import SqliteDatabase
from gonogo.kernel.events.bus import Bus

async def main():
    clock = SystemClock()
    db = SqliteDatabase(Path(sys.argv[1]), clock, Bus(clock), synchronous="NORMAL", busy_timeout_s=60)
    for number in range(60):
        await asyncio.gather(*(db.write(lambda tx: tx.emit("thing.done", str(number), {}, SYSTEM)) for _ in range(3)))
    await db.close()

asyncio.run(main())
"""


async def test_two_processes_write_one_chain(stage: Stage) -> None:
    command = [sys.executable, "-c", WRITER, str(stage.path)]
    writers = [await asyncio.create_subprocess_exec(*command, stderr=subprocess.PIPE) for _ in range(2)]
    for writer in writers:
        _, errors = await writer.communicate()
        assert writer.returncode == 0, errors
    proof = await stage.audit.verify()
    assert (proof.ok, proof.entries) == (True, 360)


async def test_a_failed_change_leaves_no_gap(stage: Stage) -> None:
    def fail(tx: Any) -> None:
        tx.emit("thing.done", "t1", {}, ANN)
        raise ValueError("no")

    def work(tx: Any) -> None:
        tx.emit("thing.done", "t1", {}, ANN)

    changes = [work, fail, work, fail, fail, work]
    await asyncio.gather(*(stage.db.write(change) for change in changes), return_exceptions=True)
    proof = await stage.audit.verify()
    assert (proof.ok, proof.entries) == (True, 3)
