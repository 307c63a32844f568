"""Taking settings out and bringing them in, as JSON, TOML or YAML."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from gonogo.kernel.auth.actor import Actor
from gonogo.kernel.auth.authorise import authorise
from gonogo.settings.changes import Commit, Wanted
from gonogo.settings.desk import Desk
from gonogo.settings.diff import Difference, compare_texts
from gonogo.settings.errors import BadDocument
from gonogo.settings.formats import Format, flatten_document, read_document, write_document
from gonogo.settings.models import DEFAULT
from gonogo.settings.validation import MASK
from gonogo.settings.views import Filter, is_equal


async def export_settings(desk: Desk, actor: Actor, chosen: Filter, format: Format, *, secrets: bool = False) -> str:
    """A document of values by key. ``secrets`` in plain text are for administrators, and the event log tells of it."""
    desk.live.check_environment(chosen.environment)
    if secrets:
        authorise(actor, "admin")
        await desk.kernel.db.write(
            lambda tx: tx.emit("setting.secrets_exported", "settings", {"environment": chosen.environment}, actor)
        )
    return write_document(collect_values(desk, chosen, format, secrets=secrets), format)


def collect_values(desk: Desk, chosen: Filter, format: Format, *, secrets: bool) -> dict[str, Any]:
    """The table that an export writes. TOML has no null, so there json settings are JSON text."""
    found = {}
    values = desk.live.snapshot.view(chosen.environment)
    for key, definition in desk.live.definitions.items():
        value = values[key]
        outside = chosen.category not in (None, definition.category) or not key.startswith(chosen.prefix or "")
        if outside or chosen.modified not in (None, not is_equal(value, definition.default)):
            continue
        if definition.secret and not secrets:
            value = MASK
        elif definition.type == "json" and format == "toml":
            value = msgspec.json.encode(value).decode()
        found[key] = value
    return found


def preview_import(
    desk: Desk, actor: Actor, document: str, format: Format, environment: str = DEFAULT
) -> list[Difference]:
    """What the import would change. Raises as the import would."""
    desk.live.check_environment(environment)
    return compare_texts(desk.live, _read_texts(desk, actor, document, format), environment)


async def import_settings(
    desk: Desk, actor: Actor, document: str, format: Format, *, environment: str = DEFAULT, why: str = ""
) -> Commit | None:
    """Set every value of a document in one transaction. Masked secrets are left as they are."""
    texts = _read_texts(desk, actor, document, format)
    return await desk.commit(
        Wanted(
            texts=texts,
            action="import",
            event="setting.imported",
            environment=environment,
            subject="settings",
            why=why,
        ),
        actor,
    )


def _read_texts(desk: Desk, actor: Actor, document: str, format: Format) -> dict[str, str]:
    values = _unwrap_json(desk, read_document(document, format), format)
    return desk.encode_values(values, actor)


def _unwrap_json(desk: Desk, document: Mapping[str, Any], format: Format) -> dict[str, Any]:
    values = {}
    for key, value in flatten_document(document, desk.live.definitions):
        definition = desk.get_definition(key)
        if definition.secret and value == MASK:
            continue
        if definition.type == "json" and format == "toml" and isinstance(value, str):
            try:
                value = msgspec.json.decode(value)
            except (msgspec.DecodeError, RecursionError) as error:
                raise BadDocument(f"'{key}' is a json setting: in TOML its text must be JSON.", field=key) from error
        values[key] = value
    return values
