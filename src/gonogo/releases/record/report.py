"""The record of a run: the same checklist with real ticks, times, names and values. Pure."""

from __future__ import annotations

from typing import Literal

import msgspec

from gonogo.releases.journal import Entry
from gonogo.releases.record.html import render_html
from gonogo.releases.record.ledger import Run
from gonogo.releases.record.lines import (
    Line,
    describe_line,
    describe_rollback,
    describe_title,
    list_decisions,
    list_signs,
)
from gonogo.releases.record.release import describe_release
from gonogo.releases.schemas import Release


def build_report(run: Run, entries: list[Entry], format: Literal["md", "html", "json"]) -> str:
    """The report in one of its three forms; the HTML needs no other file."""
    release = describe_release(run)
    decisions = list_decisions(entries, run.course.items)
    if format == "json":
        whole = {"release": release, "decisions": decisions, "journal": entries}
        return msgspec.json.format(msgspec.json.encode(whole), indent=2).decode()
    if format == "html":
        return render_html(release, decisions)
    blocks = [_render_head(release), *(_render_phases(release)), _render_signs(release)]
    blocks.append("\n".join(["## Decision log", "", *(f"- {_join_decision(each)}" for each in decisions)]))
    return "\n\n".join(block for block in blocks if block) + "\n"


def _render_head(release: Release) -> str:
    facts = [
        f"- Verdict: **{describe_title(release)}** {release.why}".rstrip(),
        f"- Checklist: `{release.path}`, SHA-256 `{release.sha256}`",
        f"- Started by {release.started_by_name} at {release.started_at}, finished {release.finished_at or 'not yet'}",
        f"- Record: {release.head_seq} entries, last hash `{release.head_hash}`",
    ]
    if release.rollback:
        facts.append(f"- {describe_rollback(release)}")
    return "\n".join([f"# {release.title}", "", *facts])


def _render_phases(release: Release) -> list[str]:
    shown = [phase for phase in release.phases if phase.items]
    return ["\n".join([f"## {p.title}", "", *(_render_line(describe_line(item)) for item in p.items)]) for p in shown]


def _render_line(line: Line) -> str:
    text = line.text.replace("\n", " ⏎ ")
    shown = f"`{text}`" if line.evidence or line.kind in ("run", "rollback") else text
    told = line.told.replace("\n", " ")
    box = {"to_read": "", "not_needed": "not needed: "}.get(line.status, f"[{line.mark}] ")
    return f"- {box}{shown}" + (f" — {told}" if told else "")


def _render_signs(release: Release) -> str:
    rows = [
        f"| {item.role or item.text} | {item.state.by or ''} | {item.state.finished_at or 'open'} |"
        for item in list_signs(release)
    ]
    return "\n".join(["## Sign-offs", "", "| Role | Name | When |", "| --- | --- | --- |", *rows]) if rows else ""


def _join_decision(decision: object) -> str:
    told = msgspec.to_builtins(decision)
    about = f": {told['about']}" if told["about"] else ""
    why = f" ({told['why']})" if told["why"] else ""
    return f"{told['at']} {told['who']} {told['what']}{about}{why}"
