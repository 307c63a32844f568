"""Proving a run's record: the chain of its journal, its signatures, its row, and its evidence files."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec

from gonogo.kernel.clock import parse_instant
from gonogo.kernel.db.database import Tx
from gonogo.kernel.errors import BadInput
from gonogo.kernel.kernel import Kernel
from gonogo.releases import store
from gonogo.releases.deciding.folding import fold
from gonogo.releases.journal import GENESIS, Entry, hash_entry, hash_text, is_to_be_signed, verify_journal
from gonogo.releases.record.files import find_changed_files, find_folder
from gonogo.releases.record.ledger import Ledger
from gonogo.releases.record.lines import count_things
from gonogo.releases.record.signing import Signer, is_signed_by
from gonogo.releases.schemas import Verification

_HASH_LENGTH = 64
_ID_TIME_SHIFT = 80
"""A UUIDv7 begins with 48 bits of milliseconds since 1970."""


class Trust(msgspec.Struct, frozen=True):
    """What a journal is proved by: the public key, since when everything is signed with it, and a head from outside.

    ``pinned`` means that the key came from outside too.
    """

    key: str
    since: datetime
    head: str | None = None
    pinned: bool = False


def make_trust(signer: Signer, head: str | None = None, key: str | None = None) -> Trust:
    """The folder's own key, or the one that was given. Raises BadInput for a head that is not a hash."""
    if head is not None:
        head = head.strip().lower().rpartition(":")[2]
        if len(head) != _HASH_LENGTH or any(sign not in "0123456789abcdef" for sign in head):
            raise BadInput("'head' is the hash of an entry: 64 hexadecimal digits.", field="head")
    return Trust(key.strip() if key else signer.public.key, signer.since, head, pinned=bool(key))


async def check_record(kernel: Kernel, run: str, trust: Trust) -> Verification:
    """The proof of a run's record as it is stored. Evidence can be large, so it is read beside the event loop."""

    def load(tx: Tx) -> tuple[dict[str, Any], list[Entry]]:
        return kernel.get_part(Ledger).get(tx, run).row, store.list_entries(tx, run)

    row, entries = await kernel.db.read(load)
    return await asyncio.to_thread(verify_record, entries, row, find_folder(kernel.config, run), trust)


def verify_record(entries: list[Entry], row: dict[str, Any], folder: Path, trust: Trust) -> Verification:
    """Whether every entry, every signature and every file of evidence is as it was written."""
    bad = verify_journal(entries, row["head_seq"], row["head_hash"])
    files, changed = find_changed_files(folder, entries)
    hashes = [hash_entry(entry) for entry in entries]
    signed = [entry.seq for entry in entries if entry.signature]
    faults = _list_chain_faults(len(entries), bad)
    wrong = _find_wrong_signatures(entries, hashes, row, trust)
    faults += wrong
    faults += _compare_row(entries, row)
    if trust.head is not None and trust.head not in hashes:
        faults.append("The head from outside is not in this journal: it was rewritten since, or cut off before it.")
    if changed:
        gone = ", ".join(changed)
        faults.append(f"{len(changed)} of {count_things(files, 'evidence file')} are gone or changed: {gone}.")
    return Verification(
        ok=not faults,
        entries=len(entries),
        first_bad_seq=bad,
        evidence_files=files,
        changed_evidence=tuple(changed),
        signed=bool(signed),
        signature_ok=not wrong if signed or wrong else None,
        signed_seq=max(signed, default=0),
        head=hashes[-1] if hashes else GENESIS,
        head_seq=len(entries),
        key=trust.key,
        why=" ".join(faults) or _describe_proof(entries, files, signed, trust),
    )


def _list_chain_faults(entries: int, bad: int | None) -> list[str]:
    if bad is None:
        return []
    return [f"Entry {bad} of the journal {'is missing' if bad > entries else 'does not hold'}."]


def _find_wrong_signatures(entries: list[Entry], hashes: list[str], row: dict[str, Any], trust: Trust) -> list[str]:
    signed = [(entry, digest) for entry, digest in zip(entries, hashes, strict=True) if entry.signature]
    is_new = _must_be_signed(row, trust)
    due = [entry for entry in entries if is_to_be_signed(entry) and (is_new or parse_instant(entry.at) >= trust.since)]
    missing = [entry.seq for entry in due if not entry.signature]
    faults = []
    if missing:
        faults.append(f"Entry {missing[0]} has no signature, and it must have one.")
    strangers = [entry.seq for entry, _ in signed if entry.signed_with != trust.key]
    if strangers:
        whose = "the key that was given" if trust.pinned else "the key of this data folder"
        faults.append(f"Entry {strangers[0]} is signed with another key than {whose}.")
    forged = [entry.seq for entry, digest in signed if not is_signed_by(trust.key, entry, digest)]
    if forged and not strangers:
        faults.append(f"The signature of entry {forged[0]} does not hold.")
    return faults


def _must_be_signed(row: dict[str, Any], trust: Trust) -> bool:
    # The id holds the time as well, and outsiders know the id: it can't be set back unseen.
    made = datetime.fromtimestamp((UUID(row["id"]).int >> _ID_TIME_SHIFT) / 1000, UTC)
    return trust.pinned or max(made, parse_instant(row["started_at"])) >= trust.since


def _compare_row(entries: list[Entry], row: dict[str, Any]) -> list[str]:
    """The run's row is a copy of what its journal says; the checklist and its plan are pinned by the first entry."""
    state = fold(entries)
    faults = []
    if (row["status"], row["verdict"]) != (state.status, state.verdict):
        faults.append(f"The run says {row['verdict'] or row['status']}, its journal {state.verdict or state.status}.")
    started = entries[0].data if entries else {}
    for name, pin in (("plan", "plan_sha256"), ("markdown", "markdown_sha256")):
        if pin in started and hash_text(row[name]) != started[pin]:
            faults.append(f"The {'checklist' if name == 'markdown' else name} is not the one that the run began with.")
    return faults


def _describe_proof(entries: list[Entry], files: int, signed: list[int], trust: Trust) -> str:
    proof = f"{count_things(len(entries), 'entry', 'entries')} and {count_things(files, 'evidence file')} hold"
    if not signed:
        return f"{proof}. Not signed (made before signing)."
    until = "" if signed[-1] == len(entries) else f" up to entry {signed[-1]}; what follows is chained only so far"
    head = " The head from outside is in it: nothing before it was rewritten." if trust.head else ""
    return f"{proof}, signed{until}.{head}"
