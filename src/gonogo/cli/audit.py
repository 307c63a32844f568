"""``gonogo audit``: who did what, the proof that nobody changed the record, and handing it out."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

from cyclopts import App, Parameter

from gonogo.cli.connection import open_gonogo
from gonogo.cli.exits import GO, NO_GO, CannotRun
from gonogo.cli.options import AsJson
from gonogo.cli.output import say, show_json, show_table
from gonogo.cli.values import write_local

File = Annotated[Path | None, Parameter(help="An exported file, verified here without a server; the log when absent.")]
Head = Annotated[str | None, Parameter(help="A hash of the log that was noted elsewhere earlier.")]
Key = Annotated[
    str | None, Parameter(help="Public key (Base64, or a PEM file) to verify with; the folder's if absent.")
]
From = Annotated[str | None, Parameter(name="--from", help="First day or instant (2026-01-31, 2026-01-31T12:00:00Z).")]
To = Annotated[str | None, Parameter(name="--to", help="Last day, or the instant before which it ends.")]
Format = Annotated[Literal["jsonl"], Parameter(help="jsonl: one entry a line, the proof in the first one.")]
Output = Annotated[Path | None, Parameter(help="A file to write; standard output when absent.")]
Name = Annotated[str | None, Parameter(help="Only this event, or with a dot at its end all that begin so (release.).")]
Who = Annotated[str | None, Parameter(help="Only by this person, key, account or address.")]
Subject = Annotated[str | None, Parameter(help="Only about this id.")]
Since = Annotated[str | None, Parameter(help="Only since this instant (2026-01-31T12:00:00.000Z).")]
Limit = Annotated[int, Parameter(help="How many at most, up to 500.")]
app = App(name="audit", help="Who did what, and the proof of it: list, verify, export, key.")


@app.command(name="list")
def list_entries(
    *,
    name: Name = None,
    who: Who = None,
    subject: Subject = None,
    since: Since = None,
    limit: Limit = 50,
    json: AsJson = False,
) -> None:
    """List who did what and from where, newest first.

    Example: gonogo audit list --who ann@example.org --limit 20
    """
    with open_gonogo() as gonogo:
        page = gonogo.events.list(name, subject, who, since, limit=limit)
    if json:
        show_json(page)
        return
    rows = [
        (str(e["seq"]), write_local(e["at"]), e["actor_name"], e.get("address") or "-", e["name"], e["subject"])
        for e in page.items
    ]
    show_table(("entry", "when", "who", "from", "what", "about"), rows, empty="Nothing of that kind has happened yet.")


@app.command
def verify(file: File = None, /, *, head: Head = None, key: Key = None, json: AsJson = False) -> int:
    """Prove that the audit log, or an export of it, is as it was written. Exit code 1 when it is not.

    Example: gonogo audit verify --head 4bf5…
    """
    public = _read_key(key)
    if file is not None:
        proof = _verify_file(file, head, public)
    else:
        with open_gonogo() as gonogo:
            proof = gonogo.audit.verify(head, public)
    if json:
        show_json(proof)
    else:
        _show_proof(proof)
    return GO if proof["ok"] else NO_GO


@app.command
def export(*, since: From = None, until: To = None, format: Format = "jsonl", output: Output = None) -> None:
    """Write the entries of a period with their proof, to be kept or verified on another machine.

    Example: gonogo audit export --from 2026-01-01 --to 2026-03-31 --output q1.jsonl
    """
    with open_gonogo() as gonogo:
        content: bytes = gonogo.audit.export(since, until, format)
    if output is None:
        say(content.decode().rstrip("\n"))
        return
    try:
        output.write_bytes(content)
    except OSError as error:
        raise CannotRun(f"{output} can't be written: {error.strerror}.") from error
    say(f"Written to {output.absolute()}")


@app.command
def key(*, json: AsJson = False) -> None:
    """Print the public key that proves the log and its exports. Keep a copy on another machine.

    Example: gonogo audit key > audit.pem
    """
    with open_gonogo() as gonogo:
        found = gonogo.audit.key()
    if json:
        show_json(found)
    else:
        say(found["pem"].rstrip("\n"))


def _read_key(key: str | None) -> str | None:
    if key is None:
        return None
    path = Path(key)
    try:
        return path.read_text(encoding="utf-8") if path.is_file() else key
    except (OSError, UnicodeDecodeError) as error:
        raise CannotRun(f"{path} can't be read as a public key.") from error


def _verify_file(file: Path, head: str | None, key: str | None) -> dict[str, Any]:
    import msgspec

    from gonogo.kernel.audit.export import NotAnExport, verify_export
    from gonogo.kernel.audit.signing import read_public_key

    try:
        public = read_public_key(key) if key else None
    except ValueError as error:
        raise CannotRun("--key is not an Ed25519 public key. `gonogo audit key` prints the server's.") from error
    try:
        with file.open("rb") as lines:
            proof: dict[str, Any] = msgspec.to_builtins(verify_export(lines, public, head))
    except OSError as error:
        raise CannotRun(f"{file} can't be read: {error.strerror}.") from error
    except NotAnExport as error:
        raise CannotRun(f"{file} is not an export of the audit log. {error}") from error
    if proof["ok"] and public is None:
        proof["why"] += " That key came with the file: compare it with the server's, or give it as --key."
    return proof


def _show_proof(proof: dict[str, Any]) -> None:
    say(f"Verified: {proof['why']}" if proof["ok"] else "BROKEN: the log is not as it was written.")
    for fault in proof["faults"]:
        say(f"  {fault}")
    say(f"  head: entry {proof['last_seq']}, {proof['head']}")
    say(f"  key:  {proof['key']}")
