"""``gonogo settings``: typed values, changed once and seen everywhere. Whole sets of them are in ``settings_sets``."""

from __future__ import annotations

import queue
import sys
from collections.abc import Callable
from typing import Annotated, Any

import msgspec
from cyclopts import App, Parameter

from gonogo.cli.connection import open_gonogo
from gonogo.cli.options import AsJson
from gonogo.cli.output import say, show_json, show_table, warn
from gonogo.cli.settings_options import Category, Env, Key, Modified, Prefix, Why
from gonogo.cli.settings_sets import (
    apply_preset,
    declare_settings,
    export_settings,
    import_settings,
    list_presets,
    restore_settings,
    validate_settings,
)

Text = Annotated[str, Parameter(help="The value as you would say it: 0.5, on, dark, #1e90ff, 30s; JSON for json.")]
Version = Annotated[int | None, Parameter(help="Refuse when the setting is not at this version any more.")]
Limit = Annotated[int, Parameter(help="How many at most.")]
Count = Annotated[int | None, Parameter(help="Changes to print; until Ctrl-C when absent.")]
app = App(name="settings", help="Typed values, changed once and seen everywhere.")


@app.command(name="get")
def get_value(key: Key, /, *, env: Env = "default", json: AsJson = False) -> None:
    """Print one value; with --json the whole setting.

    Example: gonogo settings get physics.spring.strength
    """
    from gonogo.settings.text import write_long

    with open_gonogo() as gonogo:
        setting = gonogo.settings.of(env).get(key)
    if json:
        show_json(setting)
        return
    say(write_long(setting["type"], setting["value"]))
    if setting["problem"]:
        warn(f"gonogo: {setting['problem']['problem']} This is the last good value.")


@app.command(name="set")
def set_value(
    key: Key, value: Text, /, *, env: Env = "default", version: Version = None, why: Why = "", json: AsJson = False
) -> None:
    """Set one value.

    Example: gonogo settings set physics.spring.strength 0.8 --why "calmer for the demo"
    """
    from gonogo.settings.text import parse_text

    with open_gonogo() as gonogo:
        settings = gonogo.settings.of(env)
        setting = settings.get(key)
        done = settings.set(key, parse_text(setting["type"], value, setting["choices"]), version, why)
    tell(done, json)


@app.command(name="unset")
def unset_value(
    key: Key, /, *, env: Env = "default", version: Version = None, why: Why = "", json: AsJson = False
) -> None:
    """Go back to the default, or in another environment to what it inherits.

    Example: gonogo settings unset physics.spring.strength
    """
    with open_gonogo() as gonogo:
        done = gonogo.settings.of(env).unset(key, version, why)
    tell(done, json)


@app.command(name="list")
def list_settings(
    *,
    env: Env = "default",
    category: Category = None,
    prefix: Prefix = None,
    modified: Modified = False,
    json: AsJson = False,
) -> None:
    """List settings with value, default and bounds.

    Example: gonogo settings list --category physics --modified
    """
    from gonogo.cli.settings_view import show_settings

    with open_gonogo() as gonogo:
        found = gonogo.settings.of(env).list(category, prefix, modified or None)
    if json:
        show_json(found)
    else:
        narrowed = category or prefix or modified
        way = (
            "`gonogo settings list` shows every setting" if narrowed else "`gonogo settings declare FILE` declares some"
        )
        show_settings(found, empty=f"No setting fits. {way}.")


@app.command(name="search")
def search_settings(*words: str, limit: Limit = 20, json: AsJson = False) -> None:
    """Find settings by key, label, description, category or value; a typo does no harm.

    Example: gonogo settings search spring strenght
    """
    from gonogo.cli.settings_view import show_settings

    with open_gonogo() as gonogo:
        found = gonogo.settings.search(" ".join(words), limit)
    if json:
        show_json(found)
    else:
        show_settings(found, empty="No setting has these words.")


@app.command
def history(
    key: Annotated[str | None, Parameter(help="Of this setting; of all when absent.")] = None,
    /,
    *,
    env: Env = "default",
    limit: Limit = 30,
    json: AsJson = False,
) -> None:
    """Show who changed what, and when, newest first.

    Example: gonogo settings history physics.spring.strength
    """
    from gonogo.cli.settings_view import show_changes

    with open_gonogo() as gonogo:
        page = gonogo.settings.of(env).history(key, limit=limit)
    if json:
        show_json(page)
    else:
        show_changes(page.items)


@app.command
def undo(
    key: Key,
    /,
    *,
    id: Annotated[int | None, Parameter(help="The change to take back; the newest when absent.")] = None,
    env: Env = "default",
    why: Why = "",
    json: AsJson = False,
) -> None:
    """Take back one change of a setting.

    Example: gonogo settings undo physics.spring.strength
    """
    with open_gonogo() as gonogo:
        done = gonogo.settings.of(env).undo(key, id, why)
    tell(done, json)


@app.command
def watch(
    prefix: Annotated[str, Parameter(help="Keys that begin so; all when absent.")] = "",
    /,
    *,
    env: Env = "default",
    count: Count = None,
    json: AsJson = False,
) -> None:
    """Print changes as they happen.

    Example: gonogo settings watch physics.
    """
    from gonogo.cli.settings_view import cut
    from gonogo.cli.values import write_local
    from gonogo.client.mirror import Change

    changes: queue.SimpleQueue[Change] = queue.SimpleQueue()
    with open_gonogo() as gonogo:
        gonogo.settings.of(env).watch(prefix, changes.put)
        warn("Watching; Ctrl-C ends it.")
        printed = 0
        while count is None or printed < count:
            change = changes.get()
            when = write_local(change.at) if change.at else "while away"
            line = f"{when}  {change.key}  {cut(change.value)}  {change.by}".rstrip()
            say(msgspec.json.encode(change).decode() if json else line)
            sys.stdout.flush()
            printed += 1


@app.command
def environments(*, json: AsJson = False) -> None:
    """List environments and what they inherit from.

    Example: gonogo settings environments
    """
    with open_gonogo() as gonogo:
        found = gonogo.settings.environments()
    if json:
        show_json(found)
        return
    rows = [(each["name"], each["parent"] or "", str(each["count"])) for each in found]
    show_table(("environment", "inherits from", "own values"), rows, empty="There is only the default.")


def tell(done: Any, json: bool) -> None:
    """One setting after its change."""
    from gonogo.cli.settings_view import tell_outcome

    if json:
        show_json(done)
    else:
        tell_outcome(done)


SETS: dict[str, Callable[..., Any]] = {
    "restore": restore_settings,
    "export": export_settings,
    "import": import_settings,
    "presets": list_presets,
    "apply": apply_preset,
    "declare": declare_settings,
    "validate": validate_settings,
}
for name, command in SETS.items():
    app.command(command, name=name)
