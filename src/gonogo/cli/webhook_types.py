"""``gonogo webhooks types`` and ``declare``: what can be told."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

from cyclopts import Parameter

from gonogo.cli.connection import open_gonogo
from gonogo.cli.exits import CannotRun
from gonogo.cli.options import AsJson
from gonogo.cli.output import say, show_json, show_table

Schema = Annotated[Path | None, Parameter(help="File with the JSON Schema of the data; any data when absent.")]


def types(*, json: AsJson = False) -> None:
    """List every event type, declared ones first.

    Example: gonogo webhooks types
    """
    with open_gonogo() as gonogo:
        found = gonogo.webhooks.types()
    if json:
        show_json(found)
        return
    rows = [(one["name"], "Gonogo" if one["own"] else one["created_by"], one["description"]) for one in found]
    show_table(("type", "from", "what it tells"), rows, empty="There are no types.")


def declare(name: str, /, *, schema: Schema = None, description: str = "", json: AsJson = False) -> None:
    """Declare an event type, or give it another schema.

    Example: gonogo webhooks declare order.shipped --schema order.schema.json
    """
    with open_gonogo() as gonogo:
        declared = gonogo.webhooks.declare(name, read_schema(schema), description)
    if json:
        show_json(declared)
    else:
        say(f"{declared['name']} is declared.")


def read_schema(path: Path | None) -> dict[str, Any]:
    """The schema in a file. Raises ``CannotRun``."""
    import msgspec

    if path is None:
        return {}
    try:
        return msgspec.json.decode(path.read_bytes(), type=dict[str, Any])
    except OSError as error:
        raise CannotRun(f"{path} can't be read: {error.strerror}.") from error
    except msgspec.DecodeError as error:
        raise CannotRun(f"{path} holds no JSON object: {error}") from error
