"""What goes on behind a run's commands: their background processes, and what these wrote after their commands."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from gonogo.releases.journal import Fact
from gonogo.releases.record.files import describe_later
from gonogo.releases.record.ledger import Run
from gonogo.releases.shell.files import AttemptFiles
from gonogo.releases.shell.processes import is_alive

_MOST_NAMED = 4


def describe_background(folder: Path, run: Run) -> list[Fact]:
    """One fact for every command that left something running: what became of it so far, with hashes of its output."""
    found = []
    for key, seen in run.state.items.items():
        item = run.course.items.get(key)
        if item is None or item.command is None:
            continue
        for attempt in range(1, seen.attempt + 1):
            data = _describe(AttemptFiles(folder, key, attempt), item.host)
            if data is not None:
                found.append(Fact(name="background_kept", item=key, data=data))
    return found


def _describe(files: AttemptFiles, host: str | None) -> dict[str, Any] | None:
    evidence, pids = describe_later(files), files.read_facts().running
    if not evidence and not pids:
        return None
    processes = [_describe_process(files.folder / "ended", pid, host) for pid in pids]
    return {"attempt": files.attempt, "evidence": evidence, "processes": processes, "why": _tell(evidence, processes)}


def _describe_process(ended: Path, pid: int, host: str | None) -> dict[str, Any]:
    if host is not None:
        return {"pid": pid, "exit_code": None, "told": f"on {host}, where its end is not seen"}
    try:
        code = (ended / str(pid)).read_text(encoding="ascii").strip()
    except FileNotFoundError:
        code = ""
    if code:
        return {"pid": pid, "exit_code": int(code), "told": f"ended with exit code {code}"}
    return {
        "pid": pid,
        "exit_code": None,
        "told": "still running" if is_alive(pid) else "ended, its exit code not seen",
    }


def _tell(evidence: dict[str, Any], processes: list[dict[str, Any]]) -> str:
    named = [f"process {each['pid']} {each['told']}" for each in processes[:_MOST_NAMED]]
    more = len(processes) - _MOST_NAMED
    told = [*named, *([f"{more} more"] if more > 0 else [])]
    size = sum(kept["size"] for kept in evidence.values())
    told += [f"{size:,} bytes of output after the command"] if size else []
    return f"In the background: {'; '.join(told)}."
