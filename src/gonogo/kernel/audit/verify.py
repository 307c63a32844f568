"""Whether a chain of entries is as it was written: each entry, their order, both ends, and what was signed."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from gonogo.kernel.audit.signing import Signed, Statement, is_signed_by
from gonogo.kernel.events.chain import GENESIS, Head, LogEntry, hash_entry

MOST_FAULTS = 20


class Trust(msgspec.Struct, frozen=True):
    """What is believed: a public key, and optionally a hash of the log that left the machine earlier."""

    key: str
    head: str | None = None


class AuditProof(msgspec.Struct, frozen=True, kw_only=True):
    """The outcome of a verification. ``faults`` name the entries that were edited, removed, inserted or reordered."""

    ok: bool
    why: str
    entries: int
    first_seq: int
    last_seq: int
    first_bad_seq: int | None
    faults: tuple[str, ...]
    head: str
    signed_seq: int
    signed_at: str
    pruned_seq: int
    key: str


class ChainVerifier:
    """Takes the entries one by one, oldest first; ``finish`` says whether they hold."""

    def __init__(self, trust: Trust, checkpoints: Sequence[Signed] = (), start: Head | None = None) -> None:
        """``start`` is what the first entry has to follow; without it, the beginning or what pruning left."""
        self._trust = trust
        self._faults: list[tuple[int, str]] = []
        self._valid = [each for each in checkpoints if self._check_signature(each)]
        self._signed = {each.statement.seq: each.statement for each in self._valid if each.statement.kind == "head"}
        pruned = [each.statement for each in self._valid if each.statement.kind == "pruned"]
        self._pruned = max((each.seq for each in pruned), default=0)
        beginning = Head(pruned[-1].seq, pruned[-1].hash) if pruned else Head(0, GENESIS)
        self._last = start or beginning
        self._hashes_seen = trust.head is None or trust.head == self._last.hash
        self._first = 0
        self._entries = 0

    def feed(self, entry: LogEntry) -> None:
        """Check one more entry."""
        self._first = self._first or entry.seq
        self._entries += 1
        holds = hash_entry(entry) == entry.hash
        self._check_place(entry, holds)
        if not holds:
            self._blame(entry.seq, f"Entry {entry.seq} was {'edited' if entry.hash else 'inserted'}.")
        signed = self._signed.get(entry.seq)
        if signed is not None and signed.hash != entry.hash:
            self._blame(entry.seq, f"Entry {entry.seq} is not the one that was signed at {signed.at}.")
        self._hashes_seen = self._hashes_seen or entry.hash == self._trust.head
        # One without a hash was never part of the chain: the next one follows the one before it.
        self._last = Head(entry.seq, entry.hash or self._last.hash)

    def finish(self, head: Head | None = None) -> AuditProof:
        """The outcome. ``head`` is where the log says that it ends."""
        if head is not None:
            self._check_end(head)
        missing = [seq for seq in self._signed if seq > self._last.seq]
        if missing and not self._faults:
            self._blame(self._last.seq + 1, f"Entry {max(missing)} was signed, and it is missing.")
        if not self._hashes_seen:
            self._blame(self._last.seq, "The head from outside is not in this log: it was rewritten or cut off since.")
        signed = max((each for each in self._signed.values() if each.seq <= self._last.seq), key=_by_seq, default=None)
        return AuditProof(
            ok=not self._faults,
            why=" ".join(text for _, text in self._faults) or self._describe(signed.seq if signed else 0),
            entries=self._entries,
            first_seq=self._first,
            last_seq=self._last.seq,
            first_bad_seq=min((seq for seq, _ in self._faults), default=None),
            faults=tuple(text for _, text in self._faults),
            head=self._last.hash,
            signed_seq=signed.seq if signed else 0,
            signed_at=signed.at if signed else "",
            pruned_seq=self._pruned,
            key=self._trust.key,
        )

    def _check_signature(self, signed: Signed) -> bool:
        seq = signed.statement.seq
        if signed.signed_with != self._trust.key:
            self._blame(seq, f"Entry {seq} is signed with another key than the trusted one.")
            return False
        if not is_signed_by(self._trust.key, signed):
            self._blame(seq, f"The signature over entry {seq} is not valid.")
            return False
        return True

    def _check_place(self, entry: LogEntry, holds: bool) -> None:
        expected = self._last.seq + 1
        if entry.seq > expected:
            self._blame(expected, _name_gap(expected, entry.seq - 1))
        elif entry.seq < expected:
            self._blame(entry.seq, f"Entry {entry.seq} is out of order or was inserted.")
        elif holds and entry.previous != self._last.hash:
            self._blame(
                self._last.seq or entry.seq,
                f"Entry {self._last.seq or entry.seq} was replaced: entry {entry.seq} follows another one.",
            )

    def _check_end(self, head: Head) -> None:
        if self._last.seq < head.seq:
            self._blame(self._last.seq + 1, _name_gap(self._last.seq + 1, head.seq))
        elif self._last.seq > head.seq:
            self._blame(head.seq + 1, f"Entry {self._last.seq} was inserted at the end.")
        elif self._last.hash != head.hash:
            self._blame(head.seq, f"Entry {head.seq} is not the one that the log ended with.")

    def _blame(self, seq: int, text: str) -> None:
        if len(self._faults) < MOST_FAULTS:
            self._faults.append((seq, text))

    def _describe(self, signed_seq: int) -> str:
        if not self._entries:
            return "The log is empty."
        proof = f"{self._entries} {'entry is' if self._entries == 1 else 'entries are'} as written"
        signed = f", signed up to entry {signed_seq}" if signed_seq else ", not signed yet"
        pruned = f"; entries up to {self._pruned} were pruned" if self._pruned else ""
        outside = " The head from outside is part of it." if self._trust.head else ""
        return f"{proof}{signed}{pruned}.{outside}"


def _name_gap(first: int, last: int) -> str:
    return f"Entry {first} was removed." if first == last else f"Entries {first} to {last} were removed."


def _by_seq(statement: Statement) -> int:
    return statement.seq
