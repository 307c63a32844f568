"""``gonogo assets``: files that jobs made, and the proof of where they come from."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Annotated, Any

import msgspec
from cyclopts import App, Parameter

from gonogo.cli.connection import open_gonogo
from gonogo.cli.exits import NO_GO, CannotRun
from gonogo.cli.options import AsJson
from gonogo.cli.output import say, show_json, show_table, warn

Job = Annotated[str | None, Parameter(help="Only what this job made.")]
Limit = Annotated[int, Parameter(help="How many, newest first.")]
To = Annotated[Path | None, Parameter(help="File to write; the asset's own name here when absent.")]
Statement = Annotated[Path | None, Parameter(help="Signed statement of a file, as `gonogo assets statement` wrote it.")]
Key = Annotated[Path | None, Parameter(help="Public key in PEM, as `gonogo assets key` wrote it.")]
SHORT = 12
app = App(name="assets", help="Files that jobs made: list, show, get, statement, key, verify.")


@app.command(name="list")
def list_assets(*, job: Job = None, limit: Limit = 50, json: AsJson = False) -> None:
    """List assets, newest first.

    Example: gonogo assets list --job 0198c9a4-…
    """
    with open_gonogo() as gonogo:
        assets = gonogo.assets.list(job=job, limit=limit)
    if json:
        show_json(assets)
        return
    rows = [(a["id"], a["name"], f"{a['size']:,} B", a["sha256"][:SHORT], a["made_by"], a["made_at"]) for a in assets]
    show_table(("id", "name", "size", "sha256", "made by", "made at"), rows, empty="No job has kept a file yet.")


@app.command
def show(id: str, /) -> None:
    """Show one asset and how it came to be.

    Example: gonogo assets show 0198c9a4-…
    """
    with open_gonogo() as gonogo:
        show_json(gonogo.assets.show(id))


@app.command
def get(id: str, /, *, to: To = None) -> None:
    """Write an asset's bytes to a file; one that is there already is left alone.

    Example: gonogo assets get 0198c9a4-… --to render.png
    """
    with open_gonogo() as gonogo:
        target = to or Path(Path(gonogo.assets.show(id)["name"]).name)
        if target.exists():
            raise CannotRun(f"{target} is there already. Name another file with --to.")
        target.write_bytes(gonogo.assets.read(id))
    say(f"Written to {target}.")


@app.command
def statement(id: str, /) -> None:
    """Print an asset's signed statement, to verify it elsewhere.

    Example: gonogo assets statement 0198c9a4-… > render.statement.json
    """
    with open_gonogo() as gonogo:
        show_json(gonogo.assets.statement(id))


@app.command
def key() -> None:
    """Print the public key that proves statements.

    Example: gonogo assets key > gonogo.pem
    """
    with open_gonogo() as gonogo:
        say(gonogo.assets.key()["pem"].strip())


@app.command
def verify(what: str, /, *, statement: Statement = None, key: Key = None, json: AsJson = False) -> int:
    """Prove an asset by its id; or a file, by its statement and the public key alone. Exit 1 when it fails.

    Example: gonogo assets verify render.png --statement render.statement.json --key gonogo.pem
    """
    from gonogo.client.errors import ApiError
    from gonogo.jobs.asset_errors import AssetDamaged

    try:
        told = verify_file(Path(what), statement, key) if statement or key else verify_kept(what)
    except (AssetDamaged, ApiError) as problem:
        if isinstance(problem, ApiError) and problem.type != AssetDamaged.type:
            raise
        warn(f"NOT PROVED: {problem.detail}")
        return NO_GO
    if json:
        show_json(told)
        return 0
    made = told["predicate"]
    by = " ".join(filter(None, (made["type"], made["model"] and f"with {made['model']}", f"by {made['madeBy']}")))
    say(f"PROVED: {told['subject'][0]['name']}, made {made['madeAt']} {by}".strip())
    return 0


def verify_kept(id: str) -> Any:
    """Let the server prove what it keeps."""
    with open_gonogo() as gonogo:
        return gonogo.assets.verify(id)


def verify_file(path: Path, statement: Path | None, key: Path | None) -> Any:
    """Prove a file of this machine without any server."""
    from gonogo.jobs.assets.signing import read_public
    from gonogo.jobs.assets.statement import verify_statement

    if statement is None or key is None:
        raise CannotRun("A file is proved by both: --statement FILE and --key FILE.")
    try:
        public = read_public(key.read_text())
        signed = msgspec.json.decode(statement.read_bytes(), type=dict[str, Any])
        with path.open("rb") as file:
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    except (OSError, ValueError) as error:
        raise CannotRun(f"Can't be read: {error}.") from error
    return verify_statement(signed, public, sha256)
