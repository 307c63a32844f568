"""Setting values: one, many, and back to the default."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from gonogo.kernel.auth.actor import Actor
from gonogo.kernel.errors import BadInput
from gonogo.settings.changes import Commit, Wanted
from gonogo.settings.commands.knobs import adopt_knobs
from gonogo.settings.desk import Desk, authorise_all
from gonogo.settings.models import DEFAULT


async def set_value(
    desk: Desk,
    actor: Actor,
    key: str,
    value: Any,
    *,
    environment: str = DEFAULT,
    version: int | None = None,
    why: str = "",
) -> Commit | None:
    """Set one setting; None when it has that value already. Raises ``BadValue``, ``VersionConflict``, ``Forbidden``."""
    await adopt_knobs(desk, actor, [key])
    authorise_all(actor, [desk.get_definition(key)])
    text = desk.live.codec.encode(key, value)
    expected = {} if version is None else {key: version}
    return await desk.commit(
        Wanted(
            texts={key: text},
            action="set",
            event="setting.changed",
            environment=environment,
            why=why,
            expected=expected,
        ),
        actor,
    )


async def unset_value(
    desk: Desk, actor: Actor, key: str, *, environment: str = DEFAULT, version: int | None = None, why: str = ""
) -> Commit | None:
    """Back to the default, or in an overlay to what it inherits."""
    definition = desk.get_definition(key)
    authorise_all(actor, [definition])
    text = desk.live.codec.encode(key, definition.default) if environment == DEFAULT else None
    expected = {} if version is None else {key: version}
    return await desk.commit(
        Wanted(
            texts={key: text},
            action="unset",
            event="setting.changed",
            environment=environment,
            why=why,
            expected=expected,
        ),
        actor,
    )


async def change_batch(
    desk: Desk,
    actor: Actor,
    values: Mapping[str, Any],
    unset: Sequence[str] = (),
    *,
    environment: str = DEFAULT,
    versions: Mapping[str, int] | None = None,
    why: str = "",
) -> Commit | None:
    """Set and unset many in one transaction; one bad value, or one lost race, and nothing changes."""
    _check_batch(values, unset, versions or {})
    await adopt_knobs(desk, actor, values)
    texts: dict[str, str | None] = dict(desk.encode_values(values, actor))
    texts |= encode_defaults(desk, actor, unset, environment)
    return await desk.commit(
        Wanted(
            texts=texts,
            action="batch",
            event="setting.batch_changed",
            environment=environment,
            why=why,
            expected=versions or {},
        ),
        actor,
    )


def _check_batch(values: Mapping[str, Any], unset: Sequence[str], versions: Mapping[str, int]) -> None:
    both = next((key for key in unset if key in values), None)
    if both is not None:
        raise BadInput(f"'{both}' is in 'values' and in 'unset'. Leave it in one of them.", field="unset")
    stray = next((key for key in versions if key not in values and key not in unset), None)
    if stray is not None:
        raise BadInput(f"'versions' names '{stray}', which is neither in 'values' nor in 'unset'.", field="versions")


def encode_defaults(desk: Desk, actor: Actor, keys: Sequence[str], environment: str) -> dict[str, str | None]:
    """What "back to the default" means in an environment, by key."""
    definitions = [desk.get_definition(key) for key in keys]
    authorise_all(actor, definitions)
    if environment != DEFAULT:
        return dict.fromkeys(keys)
    return {one.key: desk.live.codec.encode(one.key, one.default) for one in definitions}
