"""``gonogo config show``: every setting, and where its value comes from."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from cyclopts import App

from gonogo.cli.exits import CannotRun
from gonogo.cli.options import AsJson
from gonogo.cli.output import show_json, show_table
from gonogo.kernel.config import Config, ConfigError, describe_options, list_secrets, load_config
from gonogo.kernel.secrets.documents import HIDDEN, mask_document

GENERATED = frozenset({"admin_password", "secret_key", "settings_key"})
"""Made and kept in the data folder where they are not set."""
MASK = HIDDEN
app = App(name="config", help="Every setting and where it comes from.")


@app.command
def show(*, json: AsJson = False) -> None:
    """List every setting with its value and origin. Secrets are masked.

    Example: GONOGO_PORT=9000 gonogo config show
    """
    try:
        config = load_config()
    except ConfigError as error:
        raise CannotRun(str(error)) from error
    settings = [describe_setting(config, name, text) for name, text, _ in describe_options()]
    if json:
        show_json({"settings": settings, "tables": mask_document(config.tables)})
        return
    rows = [(s["name"], str(s["value"]), s["origin"], s["description"]) for s in settings]
    rows += [(f"[{name}]", f"{len(table)} entries", "gonogo.toml", "") for name, table in config.tables.items()]
    show_table(("setting", "value", "from", "what it is"), rows, empty="There are no settings.")


def describe_setting(config: Config, name: str, description: str) -> dict[str, Any]:
    """One setting as it is now."""
    value = getattr(config, name)
    mark = list_secrets().get(name)
    if mark == "password" and (password := urlsplit(value).password):
        value = value.replace(f":{password}@", f":{MASK}@")
    elif mark == "value":
        value = MASK if value else "(generated)" if name in GENERATED else ""
    return {
        "name": name,
        "value": value,
        "origin": config.origins.get(name, "default"),
        "variable": f"GONOGO_{name.upper()}",
        "description": description,
    }
