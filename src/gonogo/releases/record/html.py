"""The report as one self-contained HTML file."""

from __future__ import annotations

from base64 import b64encode
from functools import cache
from hashlib import sha256

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from gonogo.releases.record.lines import Decision, describe_line, describe_rollback, describe_title, list_signs
from gonogo.releases.schemas import Release


def render_html(release: Release, decisions: list[Decision]) -> str:
    """No script, no font, no picture from elsewhere: it reads the same in ten years."""
    return _load_template().render(
        release=release,
        title=describe_title(release),
        phases=[(phase, [describe_line(item) for item in phase.items]) for phase in release.phases if phase.items],
        signs=list_signs(release),
        rollback=describe_rollback(release),
        decisions=decisions,
    )


def write_policy(report: str) -> str:
    """The content policy under which a browser shows the report: its one style by hash, and nothing else."""
    style = report.partition("<style>")[2].partition("</style>")[0]
    digest = b64encode(sha256(style.encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{digest}'; frame-ancestors 'none'"


@cache
def _load_template() -> Template:
    loader = PackageLoader("gonogo.releases.record", "reports")
    environment = Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    return environment.get_template("report.html")
