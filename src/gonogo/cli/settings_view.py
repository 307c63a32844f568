"""Settings in the terminal: values short enough for a table, differences in colour, changes in a line."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from rich.text import Text

from gonogo.cli.output import make_console, say, show_table
from gonogo.cli.values import write_local
from gonogo.settings.text import write_text

LONGEST = 44
MODIFIED = "●"


def show_settings(found: Sequence[Any], *, empty: str) -> None:
    """A table of settings: the mark says that the value is not the default."""
    rows = [describe_setting(setting) for setting in found]
    show_table(("", "setting", "value", "default", "allowed", "changed"), rows, empty=empty)
    for setting in found:
        if setting["problem"]:
            say(f"! {setting['key']}: {setting['problem']['problem']} The value in the table is the last good one.")


def describe_setting(setting: Any) -> tuple[str, ...]:
    """One row; a default is shown where the value is another."""
    mark = "!" if setting["problem"] else MODIFIED if setting["modified"] else ""
    default = shorten(setting, setting["default"]) if setting["modified"] else ""
    changed = f"{write_local(setting['updated_at'])} {setting['updated_by']}" if setting["updated_by"] else ""
    value = f"{shorten(setting, setting['value'])}{write_unit(setting)}"
    return mark, setting["key"], value, default, describe_range(setting), changed if setting["modified"] else ""


def describe_range(setting: Any) -> str:
    """What values are allowed, in a few characters."""
    if setting["choices"]:
        return " | ".join(str(choice) for choice in setting["choices"])
    low, high, kind = setting["min"], setting["max"], setting["type"]
    if low is None and high is None:
        return str(kind)
    return f"{kind} {'' if low is None else low}…{'' if high is None else high}"


def show_difference(found: Sequence[Any], *, empty: str) -> None:
    """What would change: before and after of every setting."""
    if not found:
        say(empty)
        return
    console = make_console()
    width = max(len(each["key"]) for each in found)
    for each in found:
        note = ("  needs a restart", "yellow") if each["restart_required"] else ""
        parts = (
            f"  {each['key']:<{width}}  ",
            (cut(each["before"]), "red"),
            " → ",
            (cut(each["after"]), "green"),
            note,
        )
        console.print(Text.assemble(*parts), soft_wrap=True)
    say(f"{len(found)} setting{'s' if len(found) != 1 else ''} would change.")


def show_changes(entries: Iterable[Any]) -> None:
    """A table of changes, newest first."""
    rows = [
        (
            str(entry["id"]),
            write_local(entry["at"]),
            entry["by"],
            entry["action"],
            entry["key"],
            f"{cut(entry['before'])} → {cut(entry['after'])}",
            entry["why"],
        )
        for entry in entries
    ]
    headings = ("change", "when", "by", "how", "setting", "before → after", "why")
    show_table(headings, rows, empty="Nothing has been changed yet.")


def tell_outcome(done: Any) -> None:
    """One setting after it was set, unset or undone."""
    unit = write_unit(done)
    if not done["changed"]:
        say(f"{done['key']} is {shorten(done, done['value'])}{unit} already; nothing was changed.")
        return
    default = "" if done["modified"] else " (the default)"
    say(f"{done['key']} is {shorten(done, done['value'])}{unit} now{default}, version {done['version']}.")
    if done["restart_required"]:
        say("It takes effect at the next restart of what reads it.")


def tell_commit(done: Any) -> None:
    """Many settings after one change."""
    count = done["changed"]
    say(f"{count} setting{'s' if count != 1 else ''} changed." if count else "Everything is so already.")
    if done["restart_required"]:
        say(f"Needs a restart: {', '.join(done['restart_required'])}")


def shorten(setting: Any, value: Any) -> str:
    """A value of a setting in a table."""
    return clip(write_text(setting["type"], value))


def cut(value: Any) -> str:
    """Any value, whatever its setting; a dash where there was none of its own."""
    return "–" if value is None else clip(write_text("string", value))


def clip(text: str) -> str:
    """The beginning of a long text."""
    line = " ".join(text.split()) if "\n" in text else text
    return line if len(line) <= LONGEST else f"{line[: LONGEST - 1]}…"


def write_unit(setting: Any) -> str:
    """The unit behind a value."""
    return f" {setting['unit']}" if setting["unit"] else ""
