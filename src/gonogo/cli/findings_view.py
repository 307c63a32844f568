"""Findings for the terminal, and as lines that editors and ``grep`` understand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from gonogo.releases.plan import Finding

STYLES = {"error": "bold red", "warning": "yellow", "info": "dim"}
MOST_ALIKE = 3
FOLDED = frozenset({"pre-ticked", "unbound-metric", "unnamed-role"})
"""Warnings that say the same of many lines, and change nothing of what would run."""


def draw_findings(findings: Sequence[Finding], *, fold: bool = False) -> RenderableType:
    """Every finding with its line, then how many there are; with ``fold``, few of each rule that changes nothing."""
    rows = Table.grid(padding=(0, 1))
    rows.add_column(no_wrap=True)
    rows.add_column(justify="right", no_wrap=True)
    rows.add_column(overflow="fold")
    for finding in fold_alike(findings) if fold else findings:
        message = Text.assemble(finding.message, "  ", (finding.rule, "dim"))
        rows.add_row(Text(finding.severity, STYLES[finding.severity]), Text(str(finding.line), "dim"), message)
    return Group(rows, Text(), sum_findings(findings)) if findings else sum_findings(findings)


def fold_alike(findings: Sequence[Finding]) -> Iterator[Finding]:
    """The findings without the fourth and later of one such rule; the third says how many follow."""
    total = Counter(finding.rule for finding in findings)
    seen: Counter[str] = Counter()
    for finding in findings:
        seen[finding.rule] += 1
        number, hidden = seen[finding.rule], total[finding.rule] - MOST_ALIKE
        folds = finding.severity == "info" or finding.rule in FOLDED
        if not folds or number < MOST_ALIKE or hidden <= 0:
            yield finding
        elif number == MOST_ALIKE:
            message = f"{finding.message} (and {hidden} more like it; `gonogo lint` lists them)"
            yield Finding(rule=finding.rule, severity=finding.severity, line=finding.line, message=message)


def write_finding(finding: Finding, path: str) -> str:
    """One finding as compilers write theirs: ``RELEASE.md:12: error: …``."""
    return f"{path}:{finding.line}: {finding.severity}: {finding.message} [{finding.rule}]"


def sum_findings(findings: Sequence[Finding]) -> Text:
    """How many of each severity, and whether the checklist can run."""
    counts = Counter[str](finding.severity for finding in findings)
    names = {"error": "errors", "warning": "warnings", "info": "remarks"}
    told = [
        f"{counts[severity]} {name if counts[severity] != 1 else name[:-1]}"
        for severity, name in names.items()
        if counts[severity]
    ]
    if counts["error"]:
        return Text(f"{', '.join(told)}. It can't run until the errors are mended.", "bold red")
    return Text(f"{', '.join(told) or 'No findings'}. Nothing blocks.", "green")
