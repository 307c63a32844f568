"""The report as Markdown. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from gonogo.releases.record.excerpts import Attempt, Output
from gonogo.releases.record.lines import (
    Decision,
    Line,
    Proof,
    Section,
    count_things,
    describe_alone,
    describe_broken,
    describe_rollback,
    describe_title,
    list_signs,
)
from gonogo.releases.schemas import Release

_DEEPEST = 6
_TICKS = re.compile(r"`+")


def render_markdown(release: Release, sections: Sequence[Section], decisions: Sequence[Decision], proof: Proof) -> str:
    """Headings, ticks and tables as the checklist has them; output is folded."""
    blocks = [
        _render_head(release),
        *(_render_section(section) for section in sections),
        _render_signs(release),
        _render_decisions(decisions),
        _render_proof(release, proof),
    ]
    return "\n\n".join(block for block in blocks if block) + "\n"


def _render_head(release: Release) -> str:
    broken = describe_broken(release)
    facts = [
        f"- Verdict: **{describe_title(release)}** {_join_lines(release.why)}".rstrip(),
        *([f"- What broke: {_join_lines(broken)}"] if broken else []),
        *([f"- {release.alone}"] if release.alone else []),
        f"- Checklist: `{release.path}`, SHA-256 `{release.sha256}`",
        f"- Started by {release.started_by_name} at {release.started_at}, finished {release.finished_at or 'not yet'}",
        f"- Target: `{release.target}`",
        f"- Record: {count_things(release.head_seq, 'entry', 'entries')}, last hash `{release.head_hash}`",
    ]
    if release.rollback:
        facts.append(f"- {describe_rollback(release)}")
    return "\n".join([f"# {release.title}", "", *facts])


def _render_section(section: Section) -> str:
    title = [f"{'#' * min(section.depth + 1, _DEEPEST)} {section.title}"] if section.depth else []
    between = [""] if title and section.lines else []
    return "\n".join([*title, *between, *map(_render_line, section.lines)])


def _render_line(line: Line) -> str:
    text = line.text.replace("\n", " ⏎ ")
    shown = _render_code(text) if line.attempts or line.is_command else text
    told = _join_lines(line.told)
    box = {"to_read": "", "not_needed": "not needed: ", "follow_up": "follow-up: "}.get(line.status, f"[{line.mark}] ")
    first = f"- {box}{shown}" + (f" — {told}" if told else "")
    return "\n".join([first, *(block for attempt in line.attempts for block in _render_attempt(attempt, line))])


def _render_attempt(attempt: Attempt, line: Line) -> Iterator[str]:
    which = f"attempt {attempt.number}, " if len(line.attempts) > 1 else ""
    for output in attempt.outputs:
        yield from ("", f"  <details><summary>{which}{describe_output(output)}</summary>", "")
        if output.text:
            fence = "`" * max(3, 1 + max(map(len, _TICKS.findall(output.text)), default=0))
            yield f"  {fence}text"
            yield from (f"  {row}".rstrip() for row in output.text.rstrip("\n").split("\n"))
            yield f"  {fence}"
        yield from ("", "  </details>")
    if attempt.behind:
        yield from ("", f"  {attempt.behind}")


def describe_output(output: Output) -> str:
    """Which stream it is, how much there is, and what proves it."""
    facts = f"{output.stream}, {count_things(output.size, 'byte')}, SHA-256 {output.sha256}"
    if output.is_missing:
        return f"{facts} (the file is gone)"
    if output.left_out == output.size:
        return f"{facts} (left out here: the report is as large as it may be)"
    return f"{facts} ({count_things(output.left_out, 'byte')} left out)" if output.left_out else facts


def _render_code(text: str) -> str:
    ticks = "`" * (1 + max(map(len, _TICKS.findall(text)), default=0))
    space = " " if len(ticks) > 1 else ""
    return f"{ticks}{space}{text}{space}{ticks}"


def _render_signs(release: Release) -> str:
    rows = [
        _render_row(
            item.role or item.text,
            item.state.by or "",
            item.state.finished_at or "open",
            " · ".join(each for each in (describe_alone(item.state.alone), item.state.note) if each),
        )
        for item in list_signs(release)
    ]
    head = ["## Sign-offs", "", "| Role | Name | When | Note |", "| --- | --- | --- | --- |"]
    return "\n".join([*head, *rows]) if rows else ""


def _render_row(*cells: str) -> str:
    return f"| {' | '.join(_join_lines(cell).replace('|', chr(92) + '|') for cell in cells)} |"


def _render_decisions(decisions: Sequence[Decision]) -> str:
    return "\n".join(["## Decision log", "", *(f"- {_join_decision(each)}" for each in decisions)])


def _join_decision(decision: Decision) -> str:
    about = f": {decision.about}" if decision.about else ""
    why = f" ({decision.why})" if decision.why else ""
    return _join_lines(f"{decision.at} {decision.who} {decision.what}{about}{why}")


def _render_proof(release: Release, proof: Proof) -> str:
    rows = [f"- Head: entry {proof.head_seq}, `{proof.head_hash}`"]
    if proof.signature:
        rows += [
            f"- Signed: entry {proof.signed_seq}, `{proof.signed_hash}`",
            f"- Signature (Ed25519): `{proof.signature}`",
            f"- Public key: `{proof.key}`",
            f"- Check it with `gonogo verify {release.id} --head {proof.head_hash} --key {proof.key}`",
        ]
    else:
        rows.append("- Not signed (made before signing).")
    return "\n".join(["## Proof", "", *rows])


def _join_lines(text: str) -> str:
    return " ".join(text.split("\n"))
