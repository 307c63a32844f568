"""The evidence that commands left in a run's folder."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from gonogo.kernel.config import Config
from gonogo.releases.deciding.course import Course
from gonogo.releases.deciding.state import ItemState, RunState
from gonogo.releases.evidence import Evidence
from gonogo.releases.journal import Entry
from gonogo.releases.plan import Item
from gonogo.releases.shell.capped import is_cut
from gonogo.releases.shell.files import AttemptFiles

STREAMS = {"stdout": "out", "stderr": "err"}
LATER = {"stdout-later": "out-later", "stderr-later": "err-later"}
"""What background processes wrote after their command had ended; these files may still grow."""
_MOST_JUDGED = 16 * 1024 * 1024
_TAIL = 64 * 1024
_MOST_READ = 256 * 1024
_NEVER_RUN = frozenset({"open", "chosen", "skipped"})


def find_folder(config: Config, run: str) -> Path:
    """Where a run keeps its files."""
    return config.folder / "runs" / run


def load_evidence(folder: Path, course: Course, state: RunState, run: Item, scope: str = "command") -> Evidence:
    """What a command (or its whole fence up to it) left behind."""
    fence = course.fences.get(run.fence or "", [run]) if scope == "fence" else [run]
    upto = fence[: fence.index(run) + 1] if run in fence else [run]
    ran = [(item, state.get_item(item.id)) for item in upto]
    ran = [(item, seen) for item, seen in ran if seen.attempt and seen.status not in _NEVER_RUN]
    last = state.get_item(run.id)
    stdout, stderr = ("".join(_read_text(folder, item, seen, name) for item, seen in ran) for name in STREAMS.values())
    return Evidence(
        command="\n".join(item.command or "" for item, _ in ran),
        stdout=stdout,
        stderr=stderr,
        cut=is_cut(stdout) or is_cut(stderr),
        exit_code=last.exit_code,
        duration_s=sum(seen.duration_s or 0.0 for _, seen in ran),
        timed_out=last.timed_out,
        pipe_codes=AttemptFiles(folder, run.id, last.attempt).read_facts().pipes,
    )


def _read_text(folder: Path, item: Item, seen: ItemState, name: str) -> str:
    try:
        with AttemptFiles(folder, item.id, seen.attempt).path(name).open("rb") as stream:
            return stream.read(_MOST_JUDGED).decode("utf-8", "replace")
    except FileNotFoundError:
        return ""


def describe_files(files: AttemptFiles) -> dict[str, Any]:
    """Size and SHA-256 of each kept stream, for the journal."""
    return {stream: _describe_file(files.path(name)) for stream, name in STREAMS.items() if files.path(name).exists()}


def describe_later(files: AttemptFiles) -> dict[str, Any]:
    """The same of what came after the command's end, as far as it has come."""
    paths = {stream: files.path(name) for stream, name in LATER.items()}
    return {stream: _describe_beginning(path, path.stat().st_size) for stream, path in paths.items() if path.exists()}


def _describe_file(path: Path) -> dict[str, Any]:
    with path.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    return {"file": path.name, "size": path.stat().st_size, "sha256": digest}


def _describe_beginning(path: Path, size: int) -> dict[str, Any]:
    digest, left = hashlib.sha256(), size
    with path.open("rb") as stream:
        while left > 0 and (piece := stream.read(min(left, _MOST_READ))):
            digest.update(piece)
            left -= len(piece)
    return {"file": path.name, "size": size - left, "sha256": digest.hexdigest()}


def find_changed_files(folder: Path, entries: list[Entry]) -> tuple[int, list[str]]:
    """How many evidence files the journal tells of, and those that are gone or not as they were."""
    told = [pair for entry in entries for pair in entry.data.get("evidence", {}).items()]
    changed = [kept["file"] for stream, kept in told if not _is_unchanged(folder / kept["file"], stream, kept)]
    return len({kept["file"] for _, kept in told}), list(dict.fromkeys(changed))


def _is_unchanged(path: Path, stream: str, kept: dict[str, Any]) -> bool:
    if not path.is_file():
        return False
    # Output that came later goes on coming: what was there when it was written down must still be.
    now = _describe_beginning(path, kept["size"]) if stream in LATER else _describe_file(path)
    return now == kept


def read_tail(files: AttemptFiles, stream: str) -> str:
    """The end of a stream, 64 KB at most; empty when there is none."""
    try:
        with files.path(STREAMS[stream]).open("rb") as file:
            file.seek(max(0, file.seek(0, 2) - _TAIL))
            return file.read().decode("utf-8", "replace")
    except FileNotFoundError:
        return ""


def read_output(files: AttemptFiles, stream: str, offset: int) -> tuple[str, int, int]:
    """Text from ``offset`` (bytes), the offset to go on from, and the size so far."""
    path = files.path(STREAMS[stream])
    try:
        with path.open("rb") as file:
            size = path.stat().st_size
            file.seek(offset)
            data = file.read(_MOST_READ)
    except FileNotFoundError:
        return "", offset, 0
    whole = _cut_whole(data) if offset + len(data) < size or data[-1:] >= b"\x80" else data
    return whole.decode("utf-8", "replace"), offset + len(whole), size


def _cut_whole(data: bytes) -> bytes:
    # A character that is cut in two is left for the next read; a stray byte is not waited for.
    for length in range(1, min(4, len(data)) + 1):
        lead = data[-length]
        if lead >= 0xC0:
            wanted = 2 + (lead >= 0xE0) + (lead >= 0xF0)
            return data[:-length] if length < wanted < len(data) + wanted - length else data
        if lead < 0x80:
            return data
    return data
