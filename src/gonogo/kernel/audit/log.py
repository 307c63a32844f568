"""The audit of one running kernel: signs the event log's head, verifies it, exports it and prunes it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from functools import partial
from pathlib import Path

import msgspec
import structlog

from gonogo.kernel.audit import store
from gonogo.kernel.audit.export import parse_period, write_export
from gonogo.kernel.audit.signing import AuditKey, Signed, Statement, is_signed_by
from gonogo.kernel.audit.verify import AuditProof, ChainVerifier, Trust
from gonogo.kernel.auth.actor import SYSTEM
from gonogo.kernel.clock import Clock, format_instant
from gonogo.kernel.db.database import Database, Tx
from gonogo.kernel.errors import Problem
from gonogo.kernel.events.chain import Head

log = structlog.get_logger()
PRUNED_AT_ONCE = 2000
_EXPORTED_AT_ONCE = 1000


class AuditBroken(Problem):
    """The event log is not as it was written."""

    status, type, title = 409, "audit-broken", "The audit log is not as it was written"


class Standing(msgspec.Struct, frozen=True):
    """Up to where the log is proved, and since when: what the page shows without reading everything."""

    ok: bool
    seq: int
    at: str
    why: str = ""


class AuditLog:
    """One for each kernel. Its reads run beside the event loop."""

    def __init__(self, db: Database, clock: Clock, folder: Path, retention_days: int) -> None:
        self.key = AuditKey(folder)
        self.standing = Standing(True, 0, "")
        self._db = db
        self._clock = clock
        self._retention_days = retention_days
        self._verifying = asyncio.Lock()

    async def sign_head(self) -> None:
        """Sign where the log ends, once what came since the last signature has proved to follow from it."""
        signed = await self._db.read(self._prove_and_sign)
        if signed is not None:
            await self._db.write(partial(store.save_head, signed=signed))

    async def verify(self, head: str | None = None, key: str | None = None) -> AuditProof:
        """The proof of everything in the log; one at a time, because it reads all of it."""
        async with self._verifying:
            proof = await self._db.read(lambda tx: _verify_all(tx, Trust(key or self.key.public, head)))
        if head is None and key is None:
            self.standing = Standing(proof.ok, proof.last_seq, self._now(), "" if proof.ok else proof.why)
        return proof

    async def export(self, since: str | None = None, until: str | None = None) -> AsyncIterator[bytes]:
        """Pieces of the exported file. Raises ``BadInput`` for a period that can't be read."""
        start, end = parse_period(since, until)
        signed = await self._db.read(lambda tx: self._sign_range(tx, start, end))
        return self._write_pieces(signed)

    async def prune(self) -> int:
        """Remove what is older than the retention, oldest first; how many entries that were. Raises ``AuditBroken``."""
        if not self._retention_days:
            return 0
        before = format_instant(self._clock.now() - timedelta(days=self._retention_days))
        removed = 0
        while (signed := await self._db.read(lambda tx: self._prove_prunable(tx, before))) is not None:
            removed += await self._db.write(partial(store.prune_entries, signed=signed))
            last = signed.statement.seq
        if removed:
            data = {"entries": removed, "last_seq": last, "before": before}
            await self._db.write(lambda tx: tx.emit("audit.pruned", "audit", data, SYSTEM))
        return removed

    def _prove_and_sign(self, tx: Tx) -> Signed | None:
        head, last = store.find_head(tx), store.find_last_checkpoint(tx)
        start = Head(last.statement.seq, last.statement.hash) if last else Head()
        if last is not None and not is_signed_by(self.key.public, last):
            why = f"The signature over entry {start.seq} is not valid for the key of this data folder."
            self.standing = Standing(False, 0, self._now(), why)
            log.error("the audit log is not as it was written", why=why)
            return None
        if head == start or not head.seq:
            self.standing = Standing(True, head.seq, self._now())
            return None
        proof = self._verify_from(tx, start, head)
        self.standing = Standing(proof.ok, proof.last_seq if proof.ok else start.seq, self._now(), proof.why)
        if not proof.ok:
            # Signing it would vouch for what somebody changed.
            log.error("the audit log is not as it was written", why=proof.why)
            return None
        return self.key.sign(Statement(kind="head", seq=head.seq, hash=head.hash, at=self._now()))

    def _prove_prunable(self, tx: Tx, before: str) -> Signed | None:
        last = store.find_last_older(tx, before, PRUNED_AT_ONCE)
        if not last:
            return None
        entries = list(store.iterate_entries(tx, 0, last))
        # With the checkpoints: pruned entries can't be compared with them any more.
        checkpoints = [each for each in store.list_checkpoints(tx) if each.statement.seq <= last]
        verifier = ChainVerifier(Trust(self.key.public), checkpoints)
        for entry in entries:
            verifier.feed(entry)
        proof = verifier.finish()
        if not proof.ok:
            raise AuditBroken(f"Nothing was pruned, because it would hide this: {proof.why}")
        return self.key.sign(Statement(kind="pruned", seq=last, hash=entries[-1].hash, at=self._now()))

    def _verify_from(self, tx: Tx, start: Head, head: Head) -> AuditProof:
        verifier = ChainVerifier(Trust(self.key.public), start=start)
        for entry in store.iterate_entries(tx, start.seq):
            verifier.feed(entry)
        return verifier.finish(head)

    def _sign_range(self, tx: Tx, since: str, until: str) -> Signed:
        found = store.find_range(tx, since, until)
        return self.key.sign(
            Statement(
                kind="export",
                seq=found.last,
                hash=found.hash,
                at=self._now(),
                first_seq=found.first,
                entries=found.entries,
                since=since,
                until=until,
            )
        )

    async def _write_pieces(self, signed: Signed) -> AsyncIterator[bytes]:
        yield b"".join(write_export(signed, ()))
        about = signed.statement
        after = about.first_seq - 1
        while after < about.seq:
            piece, after = await self._db.read(partial(_write_some, after=after, until=about.seq))
            yield piece

    def _now(self) -> str:
        return format_instant(self._clock.now())


def _verify_all(tx: Tx, trust: Trust) -> AuditProof:
    verifier = ChainVerifier(trust, store.list_checkpoints(tx))
    for entry in store.iterate_entries(tx):
        verifier.feed(entry)
    return verifier.finish(store.find_head(tx))


def _write_some(tx: Tx, after: int, until: int) -> tuple[bytes, int]:
    end = min(until, after + _EXPORTED_AT_ONCE)
    return b"".join(msgspec.json.encode(entry) + b"\n" for entry in store.iterate_entries(tx, after, end)), end
