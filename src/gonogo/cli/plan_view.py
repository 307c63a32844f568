"""A plan for the terminal: every phase with its items, what runs, what waits for whom, and why."""

from __future__ import annotations

from msgspec.structs import replace
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from gonogo.cli.findings_view import draw_findings
from gonogo.cli.values import write_long
from gonogo.releases.plan import Item, Phase, Plan
from gonogo.releases.rules import Exit, Rule
from gonogo.releases.views.plan import count_certainty, count_kinds, describe_certainty, tell_item

STYLES = {
    "run": "cyan",
    "check": "green",
    "gate": "magenta",
    "wait": "yellow",
    "human": "bold blue",
    "sign": "bold blue",
    "rollback": "red",
    "info": "dim",
}
NAMES = {
    "run": ("command", "commands"),
    "check": ("check", "checks"),
    "gate": ("gate", "gates"),
    "wait": ("wait", "waits"),
    "human": ("item for people", "items for people"),
    "sign": ("signature", "signatures"),
    "rollback": ("rollback step", "rollback steps"),
    "info": ("line of information", "lines of information"),
}
NOT_BY_ITSELF = {"ask": "asks first", "never": "never runs"}


def draw_plan(plan: Plan) -> RenderableType:
    """The whole plan: what it is, its phases, its findings."""
    return Group(draw_summary(plan), Text(), *map(draw_phase, plan.phases), draw_findings(plan.findings, fold=True))


def draw_summary(plan: Plan) -> RenderableType:
    """The title, the file with the hash that pins it, how much there is of everything, and who decides it."""
    counts = ", ".join(f"{number} {NAMES[kind][number != 1]}" for kind, number in count_kinds(plan))
    lines = [f"{plan.source.path}  sha256 {plan.source.sha256[:12]}", counts or "Nothing was found in it."]
    told = describe_certainty(count_certainty(plan))
    title = Text(plan.source.title or plan.source.path, "bold")
    return Group(title, *(Text(line, "dim") for line in lines), *([Text(told)] if told else []))


def draw_phase(phase: Phase) -> RenderableType:
    """A heading and its items."""
    title = Text.assemble((phase.title or "(no heading)", "bold underline"), (f"  line {phase.line}", "dim"))
    rows = Table.grid(padding=(0, 1))
    rows.add_column(width=8, no_wrap=True)
    rows.add_column(justify="right", no_wrap=True)
    rows.add_column(overflow="fold")
    above = ""
    for item in phase.items:
        below = tell_below(item)
        # A way back repeats its reason at every step; its kind says it already.
        shown = "" if item.kind == "rollback" and below == above else below
        rows.add_row(Text(item.kind, STYLES[item.kind]), Text(str(item.line), "dim"), draw_item(item, shown))
        above = below
    return Group(title, Padding(rows, (0, 0, 1, 1)))


def draw_item(item: Item, below: str) -> RenderableType:
    """What an item says; below it how it is judged, or why it does not run."""
    faint = item.kind in ("info", "rollback") or item.runs == "never"
    text = Text(item.command or item.text, "dim" if faint else "")
    if item.kind == "info":
        text.truncate(96, overflow="ellipsis")
    style = "yellow" if item.runs == "ask" else "dim"
    return Group(text, Text(f"→ {below}", style)) if below else text


def tell_below(item: Item) -> str:
    """The line below an item; empty when the item says it all."""
    told = [tell_item(replace(item, rule=None) if is_plain_exit(item.rule) else item)]
    if item.kind == "run" and item.runs in NOT_BY_ITSELF and item.adopted is None:
        told = [f"{NOT_BY_ITSELF[item.runs]}: {told[0]}" if told[0] else NOT_BY_ITSELF[item.runs]]
    if item.duration_s is not None:
        told.append(f"for {write_long(item.duration_s)}")
    if item.promise_s is not None:
        told.append(f"promised within {write_long(item.promise_s)}")
    return "; ".join(part for part in told if part)


def is_plain_exit(rule: Rule | None) -> bool:
    """Whether the rule only asks for exit code 0, as it does of every command."""
    return isinstance(rule, Exit) and rule.codes == (0,) and not rule.fails and not rule.weak
