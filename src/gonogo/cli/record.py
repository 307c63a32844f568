"""``gonogo report`` and ``gonogo verify``: the record of a run, and the proof that nobody changed it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter

from gonogo.cli.connection import open_gonogo
from gonogo.cli.exits import GO, NO_GO, CannotRun
from gonogo.cli.options import AsJson, RunName
from gonogo.cli.output import say, show_json
from gonogo.cli.runs import get_run_id

Format = Annotated[Literal["md", "html", "json"], Parameter(help="md, html (one self-contained file) or json.")]
Head = Annotated[str | None, Parameter(help="A hash that left the machine earlier: from an event or a report.")]
Key = Annotated[str | None, Parameter(help="The public key to prove it by; the data folder's own when absent.")]
Output = Annotated[Path | None, Parameter(help="A file to write; standard output when absent.")]


def report(run: RunName, /, *, format: Format = "md", output: Output = None) -> None:
    """Print the record of a run: the checklist with real ticks, times, names, values and evidence.

    Example: gonogo report last --format html --output report.html
    """
    with open_gonogo() as gonogo:
        text = gonogo.releases.report(get_run_id(gonogo, run), format)
    if output is None:
        say(text.rstrip("\n"))
        return
    try:
        output.write_text(text, encoding="utf-8")
    except OSError as error:
        raise CannotRun(f"{output} can't be written: {error.strerror}.") from error
    say(f"Written to {output.absolute()}")


def verify(run: RunName, /, *, head: Head = None, key: Key = None, json: AsJson = False) -> int:
    """Prove that a run's journal and evidence are as they were written. Exit code 1 when they are not.

    Example: gonogo verify last
    """
    with open_gonogo() as gonogo:
        found = gonogo.releases.verify(get_run_id(gonogo, run), head, key)
    if json:
        show_json(found)
    elif found["ok"]:
        say(f"Whole: {found['why']}")
    else:
        say(f"NOT as it was written: {found['why']}")
        if found["first_bad_seq"] is not None:
            say(f"  the first entry that does not hold is number {found['first_bad_seq']}")
        for path in found["changed_evidence"]:
            say(f"  changed evidence: {path}")
    if not json:
        say(f"  head: entry {found['head_seq']}, {found['head']}")
        say(f"  key:  {found['key']}")
    return GO if found["ok"] else NO_GO
