"""Proving a run's record: the chain of its journal, and its evidence files."""

from __future__ import annotations

from pathlib import Path

from gonogo.releases.journal import Entry, verify_journal
from gonogo.releases.record.files import find_changed_files
from gonogo.releases.schemas import Verification


def verify_record(entries: list[Entry], head_seq: int, head_hash: str, folder: Path) -> Verification:
    """Whether every entry and every file of evidence is as it was written."""
    bad = verify_journal(entries, head_seq, head_hash)
    files, changed = find_changed_files(folder, entries)
    return Verification(
        ok=bad is None and not changed,
        entries=len(entries),
        first_bad_seq=bad,
        evidence_files=files,
        changed_evidence=tuple(changed),
        why=_explain(len(entries), bad, files, changed),
    )


def _explain(entries: int, bad: int | None, files: int, changed: list[str]) -> str:
    faults = []
    if bad is not None:
        missing = " is missing" if bad > entries else " does not hold"
        faults.append(f"Entry {bad} of the journal{missing}.")
    if changed:
        faults.append(f"{len(changed)} of {files} evidence files are gone or changed: {', '.join(changed)}.")
    return " ".join(faults) or f"All {entries} entries and {files} evidence files hold."
