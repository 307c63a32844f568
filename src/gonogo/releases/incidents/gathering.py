"""What a run's record says about an incident: its timeline, the steps taken, and the ends of what failed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from gonogo.releases.deciding.course import Course
from gonogo.releases.incident_schemas import Excerpt, Moment, Step
from gonogo.releases.journal import Entry
from gonogo.releases.shell.files import AttemptFiles

_LINES = 40
_MOST_BYTES = 64 * 1024
_TOLD = {
    "started": "The release began",
    "captured": "What the way back needs was noted",
    "failed": "NO-GO",
    "rollback_requested": "A rollback was asked for",
    "rollback_started": "The rollback began",
    "rollback_finished": "The rollback ended",
    "stopped": "The release was stopped",
    "held": "The release was held",
    "resumed": "The release went on",
    "finished": "The release ended",
}
_BAD = frozenset({"failed", "undecided", "no_data"})
_STEPS = frozenset({"run", "rollback"})


def tell_timeline(course: Course, entries: Sequence[Entry]) -> tuple[Moment, ...]:
    """Everything that mattered, with its exact time: turns of the run, what failed, what people decided."""
    told = ((entry, _tell(course, entry)) for entry in entries)
    return tuple(Moment(entry.at, what, entry.data.get("name", entry.actor_name)) for entry, what in told if what)


def list_steps(course: Course, entries: Sequence[Entry]) -> tuple[Step, ...]:
    """Every command and action that ran, with its outcome."""
    return tuple(_walk_steps(course, entries))


def cut_excerpts(course: Course, entries: Sequence[Entry], folder: Path) -> tuple[Excerpt, ...]:
    """The last lines of whatever failed and printed something."""
    found = []
    for entry in entries:
        if entry.name != "item_finished" or entry.data.get("outcome") not in _BAD or entry.item is None:
            continue
        run = course.items[entry.item]
        run = course.items.get(run.judges or "", run)
        text = _read_end(AttemptFiles(folder, run.id, entry.data.get("attempt", 1)))
        if text:
            found.append(Excerpt(f"line {run.line}: {run.command or run.text}", text))
    return tuple(found)


def _tell(course: Course, entry: Entry) -> str:
    about = course.items.get(entry.item or "")
    why = entry.data.get("why") or entry.data.get("note") or entry.data.get("reason") or ""
    if entry.name in _TOLD:
        return f"{_TOLD[entry.name]}{f': {why}' if why else ''}"
    if about is None:
        return ""
    text = about.command or about.text
    if entry.name == "item_finished":
        return f"Failed: {text} — {why}" if entry.data.get("outcome") in _BAD else ""
    if entry.name in ("item_decided", "item_signed", "item_skipped", "item_taken_over", "item_retried"):
        return f"{entry.name.removeprefix('item_').replace('_', ' ').capitalize()}: {text}{f' — {why}' if why else ''}"
    return ""


def _walk_steps(course: Course, entries: Sequence[Entry]) -> Iterator[Step]:
    for entry in entries:
        item = course.items.get(entry.item or "")
        if entry.name == "item_finished" and item is not None and item.kind in _STEPS:
            yield Step(entry.at, item.command or item.text, entry.data.get("outcome", ""))


def _read_end(files: AttemptFiles) -> str:
    kept = [files.path(name) for name in ("out", "err")]
    texts = [_read_tail(path) for path in kept if path.is_file()]
    return "\n".join("\n".join(text.splitlines()[-_LINES:]) for text in texts if text.strip())


def _read_tail(path: Path) -> str:
    with path.open("rb") as file:
        file.seek(max(path.stat().st_size - _MOST_BYTES, 0))
        return file.read(_MOST_BYTES).decode("utf-8", "replace")
