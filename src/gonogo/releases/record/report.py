"""The record of a run: the same checklist with real ticks, times, names, values and evidence."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Literal

import msgspec

from gonogo.kernel.db.database import Tx
from gonogo.kernel.kernel import Kernel
from gonogo.releases import store
from gonogo.releases.journal import Entry
from gonogo.releases.record.excerpts import read_attempts, strip_controls
from gonogo.releases.record.files import find_folder
from gonogo.releases.record.html import render_html
from gonogo.releases.record.ledger import Ledger, Run
from gonogo.releases.record.lines import find_proof, list_decisions, list_sections
from gonogo.releases.record.markdown import render_markdown
from gonogo.releases.record.release import describe_release

Format = Literal["md", "html", "json"]


async def make_report(kernel: Kernel, run: str, format: Format) -> str:
    """The report of a run as it is stored. It can be large, so it is built beside the event loop."""

    def load(tx: Tx) -> tuple[Run, list[Entry]]:
        return kernel.get_part(Ledger).get(tx, run), store.list_entries(tx, run)

    loaded, entries = await kernel.db.read(load)
    return await asyncio.to_thread(build_report, loaded, entries, find_folder(kernel.config, run), format)


def build_report(run: Run, entries: list[Entry], folder: Path, format: Format) -> str:
    """The report in one of its three forms; the HTML needs no other file."""
    release = describe_release(run)
    decisions = list_decisions(entries, run.course.items)
    attempts = read_attempts(folder, entries)
    proof = find_proof(entries)
    if format == "json":
        everything = {"release": release, "proof": proof, "decisions": decisions, "evidence": attempts}
        return msgspec.json.format(msgspec.json.encode(everything | {"journal": entries}), indent=2).decode()
    render = render_html if format == "html" else render_markdown
    return strip_controls(render(release, list_sections(release, attempts), decisions, proof))
