"""Whole sets of settings: catalogs, presets, documents, and the way back to a moment."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

from cyclopts import Parameter

from gonogo.cli.confirming import confirm
from gonogo.cli.connection import open_gonogo
from gonogo.cli.exits import GO, NO_GO
from gonogo.cli.options import AsJson
from gonogo.cli.output import say, show_json, show_table, warn
from gonogo.cli.settings_options import Category, DryRun, Env, Format, Modified, Prefix, Why, Yes

ImportPath = Annotated[Path, Parameter(help="What `gonogo settings export` wrote; - for standard input.")]


def restore_settings(
    *,
    at: Annotated[str | None, Parameter(help="An instant, such as 2026-01-31T12:00:00Z.")] = None,
    version: Annotated[int | None, Parameter(help="A version of the store.")] = None,
    env: Env = "default",
    why: Why = "",
    dry_run: DryRun = False,
    yes: Yes = False,
    json: AsJson = False,
) -> None:
    """Bring every setting back to what it was at a moment.

    Example: gonogo settings restore --at 2026-01-31T12:00:00Z
    """
    with open_gonogo() as gonogo:
        settings = gonogo.settings.of(env)
        found = settings.restore(at, version, dry_run=True)
        if approve(found, "Go back to it?", dry_run=dry_run, yes=yes, json=json):
            tell_many(settings.restore(at, version, why=why), json)


def export_settings(
    *,
    format: Format = None,
    output: Annotated[Path | None, Parameter(help="A file to write; standard output when absent.")] = None,
    env: Env = "default",
    category: Category = None,
    prefix: Prefix = None,
    modified: Modified = False,
    secrets: Annotated[bool, Parameter(help="Secrets in plain text; for administrators.")] = False,
) -> None:
    """Write values as JSON, TOML or YAML, so that `import` can read them.

    Example: gonogo settings export --modified --output changed.toml
    """
    from gonogo.settings.formats import find_format

    chosen = format or (find_format(output.name) if output is not None else None) or "json"
    with open_gonogo() as gonogo:
        text = gonogo.settings.of(env).export(chosen, category, prefix, modified or None, secrets=secrets)
    if output is None:
        say(text.rstrip("\n"))
        return
    output.write_text(text, encoding="utf-8")
    if secrets:
        output.chmod(0o600)
    say(f"The settings are in {output}.")


def import_settings(
    path: ImportPath,
    /,
    *,
    format: Format = None,
    env: Env = "default",
    why: Why = "",
    dry_run: DryRun = False,
    yes: Yes = False,
    json: AsJson = False,
) -> None:
    """Set every value of a file as one change, after showing what that is.

    Example: gonogo settings import changed.toml --dry-run
    """
    from gonogo.cli.settings_files import read_file

    file = read_file(path, format)
    with open_gonogo() as gonogo:
        settings = gonogo.settings.of(env)
        found = settings.import_(file.text, file.format, dry_run=True)
        if approve(found, "Import it?", dry_run=dry_run, yes=yes, json=json):
            tell_many(settings.import_(file.text, file.format, why=why), json)


def list_presets(*, env: Env = "default", json: AsJson = False) -> None:
    """List presets, and in how many settings each differs from what is in force.

    Example: gonogo settings presets
    """
    with open_gonogo() as gonogo:
        found = gonogo.settings.of(env).presets()
    if json:
        show_json(found)
        return
    rows = [(p["name"], str(p["count"]), str(p["differing"]) or "", p["description"]) for p in found]
    show_table(("preset", "settings", "would change", "what it is"), rows, empty="No catalog has declared a preset.")


def apply_preset(
    preset: Annotated[str, Parameter(help="A preset's name.")],
    /,
    *,
    env: Env = "default",
    why: Why = "",
    dry_run: DryRun = False,
    yes: Yes = False,
    json: AsJson = False,
) -> None:
    """Set all values of a preset as one change, after showing what that is.

    Example: gonogo settings apply low --dry-run
    """
    with open_gonogo() as gonogo:
        settings = gonogo.settings.of(env)
        found = settings.preview(preset)
        if approve(found, f"Apply {preset}?", dry_run=dry_run, yes=yes, json=json):
            tell_many(settings.apply(preset, why), json)


def declare_settings(
    path: Path,
    /,
    *more: Path,
    format: Format = None,
    source: Annotated[str | None, Parameter(help="Name of the catalog; the file's name when absent.")] = None,
    prune: Annotated[bool, Parameter(help="Remove what this catalog no longer declares.")] = False,
    json: AsJson = False,
) -> None:
    """Declare the settings and presets of catalogs. Doing it again changes nothing.

    Example: gonogo settings declare examples/visualizer/catalog.toml examples/visualizer/presets.toml
    """
    from gonogo.cli.settings_files import read_file

    files = [read_file(each, format) for each in (path, *more)]
    with open_gonogo() as gonogo:
        names = [source or Path(file.name).stem for file in files]
        found = [
            gonogo.settings.declare(file.text, file.format, name, prune=prune)
            for file, name in zip(files, names, strict=True)
        ]
    if json:
        show_json(found)
        return
    for file, done in zip(files, found, strict=True):
        tell_declared(file.name, done)


def validate_settings(*paths: Path, format: Format = None, json: AsJson = False) -> int:
    """Say whether files fit their catalogs; without files, whether everything in the store does. Exit code 1 if not.

    Files need no server: catalogs are judged by themselves, values and presets by the catalogs beside them.

    Example: gonogo settings validate examples/visualizer/catalog.toml changed.toml
    """
    faults = judge_files(paths, format) if paths else judge_store()
    if json:
        show_json(faults)
    else:
        for name, told in faults.items():
            for fault in told:
                say(fault if fault.startswith(f"'{name}' ") else f"{name}: {fault}")
    return NO_GO if any(faults.values()) else GO


def approve(found: list[Any], question: str, *, dry_run: bool, yes: bool, json: bool) -> bool:
    """Show the difference and ask; whether to go on. Raises ``CannotRun`` when it is refused."""
    from gonogo.cli.settings_view import show_difference

    if json and dry_run:
        show_json(found)
    elif not json:
        show_difference(found, empty="Nothing would change.")
    if dry_run or not found:
        if json and not dry_run:
            show_json({"changed": 0, "settings": [], "restart_required": []})
        return False
    if not yes:
        confirm(question)
    return True


def tell_many(done: Any, json: bool) -> None:
    """Many settings after one change."""
    from gonogo.cli.settings_view import tell_commit

    if json:
        show_json(done)
    else:
        tell_commit(done)


def tell_declared(name: str, done: Any) -> None:
    """What a declaration did."""
    counts = [f"{len(done['added'])} added", f"{len(done['updated'])} updated", f"{done['kept']} as they were"]
    counts += [f"{len(done['presets'])} presets"] if done["presets"] else []
    counts += [f"{len(done['removed'])} removed"] if done["removed"] else []
    say(f"{name}: {', '.join(counts)}.")
    for key in done["missing"]:
        say(f"  {key} is no longer declared; it stays until you declare with --prune.")
    for warning in done["warnings"]:
        say(f"  {warning}")


def judge_files(paths: tuple[Path, ...], format: Literal["json", "toml", "yaml"] | None) -> dict[str, list[str]]:
    """What does not fit in these files; says of the others that they do."""
    from gonogo.cli.settings_files import count_entries, find_faults, read_file

    files = [read_file(path, format) for path in paths]
    faults = find_faults(files)
    for file in files:
        if not faults[file.name]:
            warn(f"{file.name}: {count_entries(file)}, all fit.")
    return faults


def judge_store() -> dict[str, list[str]]:
    """What is wrong in the store of the server."""
    with open_gonogo() as gonogo:
        found = gonogo.settings.list()
    faults = {each["key"]: [each["problem"]["problem"]] for each in found if each["problem"]}
    warn(f"{len(found)} settings, each key once; {len(faults)} with a value that was refused.")
    return faults
