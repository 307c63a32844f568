"""Fences that are no shell: statements of SQL, PowerShell, Python for a person to run, and files to put in place."""

from __future__ import annotations

import re

from gonogo.releases.plan import Doubt, Kind
from gonogo.releases.reading.alternatives import shorten
from gonogo.releases.reading.block import Block
from gonogo.releases.reading.desk import Desk, Place
from gonogo.releases.reading.drafts import Draft
from gonogo.releases.reading.judging import find_expectation
from gonogo.releases.reading.listings import shows_output
from gonogo.releases.reading.shell import LONGEST_LINE
from gonogo.releases.rules import Human

_TITLE_LINES = 300
# Languages that somebody runs in a client or a console of its own.
_RUN_BY_HAND = {
    **dict.fromkeys(
        ("sql", "psql", "pgsql", "postgres", "postgresql", "plpgsql", "mysql", "tsql", "plsql", "sqlite"), "SQL"
    ),
    **dict.fromkeys(("cql", "cypher", "hql", "kql", "n1ql", "soql", "flux", "influxql"), "a query"),
    **dict.fromkeys(("promql", "logql", "graphql", "gql", "esql", "lucene"), "a query"),
    **dict.fromkeys(("powershell", "ps", "ps1", "pwsh", "posh"), "PowerShell"),
    **dict.fromkeys(("cmd", "bat", "batch", "dos", "cmd.exe", "winbatch"), "a Windows command"),
    **dict.fromkeys(("python", "py", "python3", "pycon", "ipython", "pyshell"), "Python"),
    **dict.fromkeys(("javascript", "js", "node", "mongodb", "mongosh", "mongo", "jsx", "mjs"), "JavaScript"),
    **dict.fromkeys(("ruby", "rb", "irb"), "Ruby"),
    **dict.fromkeys(("php", "tinker"), "PHP"),
    **dict.fromkeys(("elixir", "iex", "ex"), "Elixir"),
    **dict.fromkeys(("redis", "redis-cli"), "Redis commands"),
    **dict.fromkeys(("fish", "nu", "nushell", "xonsh", "elvish", "tcsh", "csh"), "another shell"),
    **dict.fromkeys(
        ("groovy", "perl", "pl", "lua", "r", "julia", "applescript", "vb", "vbs", "vba", "scala"), "a script"
    ),
    **dict.fromkeys(("http", "rest", "httpie"), "an HTTP request"),
    **dict.fromkeys(("make", "just"), "a recipe"),
}
# Only shown: pictures, prose, diffs.
_PICTURES = frozenset(
    [
        "mermaid",
        "plantuml",
        "puml",
        "dot",
        "graphviz",
        "ascii",
        "diagram",
        "math",
        "latex",
        "tex",
        "tree",
        "diff",
        "patch",
        "markdown",
        "md",
        "mdx",
        "html",
        "css",
        "svg",
        "csv",
        "tsv",
        "log",
        "output",
        "stdout",
        "stderr",
    ]
)
_COMMENT = re.compile(r"(?:^\s*|\s)(?:--|#|//|REM\b|::|/\*|;)\s*(?P<text>.+?)(?:\s*\*/)?\s*$")


def is_typed_by_hand(lang: str) -> bool:
    """Whether a language is run by somebody in a console of its own."""
    return lang in _RUN_BY_HAND


def is_picture(lang: str) -> bool:
    """Whether a fence in this language only shows something."""
    return lang in _PICTURES


def read_foreign(desk: Desk, block: Block, place: Place, lead: str) -> Draft:
    """A fence for a person: a step to do, with what it should bring; inside a box, the box asks for the file."""
    rows = block.text.split("\n")
    by_hand = is_typed_by_hand(block.lang)
    shown = not by_hand and (_belongs_to_box(place) or shows_output(lead))
    kind = _pick_kind(desk, shown=shown)
    name = _RUN_BY_HAND.get(block.lang, block.lang)
    why = (
        f"Gonogo runs shell only: run this yourself ({name}), then tick it"
        if by_hand
        else f"this is {name}, not shell: put it where it belongs, then tick it"
    )
    draft = desk.add(
        kind,
        block.line,
        block.end_line,
        f"{block.lang}: {join_rows(rows)}"[:_TITLE_LINES],
        parent=place.parent,
        why=why if kind != "info" else "this is not shell: it is shown, never run",
        doubt="not-shell" if kind != "info" else None,
        fence=block.lang,
    )
    if kind == "human":
        _read_expectations(desk, block, draft)
    return draft


def add_step(
    desk: Desk,
    place: Place,
    lines: tuple[int, int],
    text: str,
    why: str = "",
    doubt: Doubt | None = None,
    *,
    fence: str | None = None,
) -> Draft:
    """Something for a person to do; in a rollback it is done only then, in a reference it is read."""
    return desk.add(
        _pick_kind(desk, shown=place.barrier is not None and place.barrier.never),
        lines[0],
        lines[1],
        text[:_TITLE_LINES],
        parent=place.parent,
        why=why,
        doubt=doubt,
        fence=fence,
    )


def _pick_kind(desk: Desk, *, shown: bool) -> Kind:
    if shown or desk.informs:
        return "info"
    return "rollback" if desk.rolls_back else "human"


def join_rows(rows: list[str]) -> str:
    """Several lines on one, without the ones that only comment."""
    said = [row.strip() for row in rows if row.strip()]
    bare = [row for row in said if not row.startswith(("--", "#", "//", "REM ", "::", "/*"))] or said
    return shorten(" ".join(" ".join(bare).split()), _TITLE_LINES)


def _belongs_to_box(place: Place) -> bool:
    return place.parent is not None and place.parent.kind == "human" and place.under in ("box", "number", "tick")


def _read_expectations(desk: Desk, block: Block, draft: Draft) -> None:
    for at, row in enumerate(block.text.split("\n")):
        match = _COMMENT.search(row) if len(row) <= LONGEST_LINE else None
        expected = find_expectation(match["text"]) if match else None
        if expected:
            line = min(block.text_line + at, block.end_line)
            rule = Human(source=expected, question=expected)
            desk.add("check", line, line, expected, parent=draft, rule=rule)
