"""The report as one self-contained HTML file."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from functools import cache
from hashlib import sha256

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from gonogo.releases.record.lines import (
    Decision,
    Proof,
    Section,
    count_things,
    describe_alone,
    describe_broken,
    describe_rollback,
    describe_title,
    format_seconds,
    list_signs,
)
from gonogo.releases.record.markdown import describe_output
from gonogo.releases.schemas import Release

_TONES = {"GO": "go", "NO-GO": "nogo"}
_DEEPEST = 6


def render_html(release: Release, sections: Sequence[Section], decisions: Sequence[Decision], proof: Proof) -> str:
    """No script, no font, no picture from elsewhere: it reads the same in ten years."""
    title = describe_title(release)
    return _load_template().render(
        release=release,
        title=title,
        tone=_TONES.get(title, "hold"),
        broken=describe_broken(release),
        sections=sections,
        deepest=_DEEPEST,
        signs=list_signs(release),
        rollback=describe_rollback(release).removeprefix("Rollback: "),
        decisions=decisions,
        proof=proof,
    )


def write_policy(report: str) -> str:
    """The content policy under which a browser shows the report: its one style by hash, and nothing else."""
    style = report.partition("<style>")[2].partition("</style>")[0]
    digest = b64encode(sha256(style.encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{digest}'; frame-ancestors 'none'"


@cache
def _load_template() -> Template:
    loader = PackageLoader("gonogo.releases.record", "reports")
    environment = Environment(
        loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters |= {
        "count": count_things,
        "alone": describe_alone,
        "output": describe_output,
        "seconds": format_seconds,
        "moment": _format_moment,
    }
    return environment.get_template("report.html")


def _format_moment(instant: str | None) -> str:
    return f"{instant[:10]} {instant[11:19]} UTC" if instant else ""
