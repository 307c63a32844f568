"""What the releases room puts on the front page: its light, and the releases under way."""

from __future__ import annotations

from gonogo.kernel.db.database import Tx
from gonogo.kernel.kernel import Kernel
from gonogo.kernel.room import Light, Panel
from gonogo.releases import store
from gonogo.releases.record.ledger import Ledger
from gonogo.releases.views.lines import RunLine, draw_line

SHOWN = 5
READY = 3
_LOOKED_AT = 50


async def read_lights(kernel: Kernel) -> list[Light]:
    """One light: HOLD while somebody is waited for, NO-GO after a run that ended so, else GO."""
    lines = await kernel.db.read(lambda tx: _read_lines(tx, kernel.get_part(Ledger)))
    return [judge_lines(lines)]


async def read_panels(kernel: Kernel) -> list[Panel]:
    """The releases under way, each with its current item and clock."""
    lines = await kernel.db.read(lambda tx: _read_lines(tx, kernel.get_part(Ledger)))
    ended = next((line for line in lines if line.took_s is not None), None)
    last = f"The last one, {ended.title}, ended {'GO' if ended.look == 'go' else 'NO-GO'}." if ended else ""
    ready = (await kernel.db.read(store.list_checklists))[:READY]
    context = {"runs": [line for line in lines if line.took_s is None][:SHOWN], "last": last, "ready": ready}
    return [Panel("releases", "releases/_panel.html", context, ("release",))]


def judge_lines(lines: list[RunLine]) -> Light:
    """The light of these runs, newest first."""
    waiting = [line for line in lines if line.look in ("needs_person", "hold")]
    if waiting:
        return Light("Releases", "hold", f"{waiting[0].title} waits at: {waiting[0].now}", f"/releases/{waiting[0].id}")
    going = [line for line in lines if line.took_s is None]
    if going:
        told = f"{going[0].title}: {going[0].settled} of {going[0].total} done"
        return Light("Releases", "no_go" if going[0].look == "rolling_back" else "go", told, f"/releases/{going[0].id}")
    if not lines:
        return Light("Releases", "go", "No release yet; nothing is under way.", "/releases")
    last = lines[0]
    if last.look == "go":
        return Light("Releases", "go", f"Nothing is under way; {last.title} went GO.", f"/releases/{last.id}")
    return Light("Releases", "no_go", f"The last release, {last.title}, ended NO-GO.", f"/releases/{last.id}")


def _read_lines(tx: Tx, ledger: Ledger) -> list[RunLine]:
    runs = [ledger.get(tx, summary.id) for summary in store.list_runs(tx, limit=_LOOKED_AT) if _matters(summary.status)]
    last = [ledger.get(tx, summary.id) for summary in store.list_runs(tx, status="finished", limit=1)]
    return [draw_line(run.row, run.course, run.state) for run in (*runs, *last)]


def _matters(status: str) -> bool:
    return status != "finished"
