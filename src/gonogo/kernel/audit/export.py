"""Handing out a part of the event log as JSON Lines, with the proof in its first line, and verifying such a file.

The first line is the signed statement; every other one is an entry as it is stored. The signature covers the last
entry's hash, the first entry's place and their number, so that nothing can be taken away at either end.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

import msgspec

from gonogo.kernel.audit.signing import Signed, is_signed_by
from gonogo.kernel.audit.verify import AuditProof, ChainVerifier, Trust
from gonogo.kernel.clock import format_instant
from gonogo.kernel.errors import BadInput
from gonogo.kernel.events.chain import Head, LogEntry

_DAY_LENGTH = len("2026-01-31")
_LATEST = "9999-12-31T23:59:59.999Z"
_entries = msgspec.json.Decoder(LogEntry)
_headers = msgspec.json.Decoder(Signed)


class NotAnExport(ValueError):
    """The file is not an export of the audit."""


def parse_period(since: str | None, until: str | None) -> tuple[str, str]:
    """Instants as they stand in the log, the second one exclusive. A day alone means all of it. Raises ``BadInput``."""
    return _parse_moment("from", since, "", 0), _parse_moment("to", until, _LATEST, 1)


def write_export(signed: Signed, entries: Iterable[LogEntry]) -> Iterator[bytes]:
    """The lines of the file."""
    yield msgspec.json.encode(signed) + b"\n"
    for entry in entries:
        yield msgspec.json.encode(entry) + b"\n"


def verify_export(lines: Iterable[bytes], key: str | None = None, head: str | None = None) -> AuditProof:
    """The proof of an exported file, by ``key`` or else by the key it names itself. Raises ``NotAnExport``."""
    rest = iter(lines)
    try:
        signed = _headers.decode(next(rest, b""))
    except msgspec.MsgspecError as error:
        raise NotAnExport("The first line is not the signed statement of `gonogo audit export`.") from error
    about, trusted = signed.statement, key or signed.signed_with
    verifier: ChainVerifier | None = None
    count = 0
    for count, line in enumerate(filter(None, (line.strip() for line in rest)), start=1):
        entry = _read_entry(line, count)
        if verifier is None:
            verifier = ChainVerifier(Trust(trusted, head), start=Head(entry.seq - 1, entry.previous))
            first = entry.seq
        verifier.feed(entry)
    if verifier is None:
        verifier, first = ChainVerifier(Trust(trusted, head), start=Head(about.seq, about.hash)), 0
    proof = verifier.finish(Head(about.seq, about.hash))
    faults = [*_check_statement(signed, trusted, first, count), *proof.faults]
    why = " ".join(faults) or f"{count} entries are as they were exported at {about.at}, proved by the key {trusted}."
    return msgspec.structs.replace(
        proof, ok=not faults, faults=tuple(faults), why=why, signed_seq=about.seq, signed_at=about.at
    )


def _check_statement(signed: Signed, key: str, first: int, count: int) -> Iterator[str]:
    about = signed.statement
    if signed.signed_with != key:
        yield "The export is signed with another key than the one given."
    elif about.kind != "export" or not is_signed_by(key, signed):
        yield "The signature of the export is not valid."
    if first != about.first_seq:
        yield f"The export began with entry {about.first_seq}, and this file does not."
    if count != about.entries:
        yield f"The export had {about.entries} entries, and this file has {count}."


def _read_entry(line: bytes, count: int) -> LogEntry:
    try:
        return _entries.decode(line)
    except msgspec.MsgspecError as error:
        raise NotAnExport(f"Line {count + 1} is not an entry of the audit: {error}.") from error


def _parse_moment(field: str, text: str | None, absent: str, days: int) -> str:
    if not text:
        return absent
    try:
        moment = datetime.fromisoformat(text if len(text) > _DAY_LENGTH else f"{text}T00:00:00+00:00")
        if moment.tzinfo is None:
            raise ValueError("no time zone")
        return format_instant(moment + timedelta(days=days if len(text) <= _DAY_LENGTH else 0))
    except (ValueError, OverflowError) as error:
        raise BadInput(
            f"'{field}' is not a day or an instant. Write it like 2026-01-31 or 2026-01-31T12:00:00Z.", field=field
        ) from error
