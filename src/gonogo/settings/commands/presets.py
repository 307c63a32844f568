"""Presets: a named set of values, shown as a difference first, applied as one change."""

from __future__ import annotations

from gonogo.kernel.auth.actor import Actor
from gonogo.settings.catalog import Preset
from gonogo.settings.changes import Commit, Wanted
from gonogo.settings.desk import Desk
from gonogo.settings.diff import Difference, compare_texts
from gonogo.settings.errors import BadValues, PresetNotFound
from gonogo.settings.models import DEFAULT
from gonogo.settings.store.reading import find_preset, list_presets


async def get_preset(desk: Desk, name: str) -> Preset:
    """One preset. Raises ``PresetNotFound``."""
    preset = await desk.kernel.db.read(lambda tx: find_preset(tx, name))
    if preset is None:
        known = ", ".join(one.name for one in await desk.kernel.db.read(list_presets)) or "none"
        raise PresetNotFound(f"There is no preset '{name}' (known: {known}).", field="name")
    return preset


async def preview_preset(desk: Desk, actor: Actor, name: str, *, environment: str = DEFAULT) -> list[Difference]:
    """What applying it would change. Raises as ``apply_preset`` would."""
    desk.live.check_environment(environment)
    preset = await get_preset(desk, name)
    return compare_texts(desk.live, _encode(desk, preset, actor), environment)


async def apply_preset(
    desk: Desk, actor: Actor, name: str, *, environment: str = DEFAULT, why: str = ""
) -> Commit | None:
    """Set all its values in one transaction; an unknown preset or one bad member changes nothing."""
    preset = await get_preset(desk, name)
    texts = _encode(desk, preset, actor)
    return await desk.commit(
        Wanted(
            texts=texts,
            action=f"preset {name}",
            event="setting.preset_applied",
            environment=environment,
            subject=name,
            why=why,
        ),
        actor,
    )


def _encode(desk: Desk, preset: Preset, actor: Actor) -> dict[str, str]:
    unknown = [key for key in preset.values if key not in desk.live.definitions]
    if unknown:
        names, verb = ", ".join(f"'{key}'" for key in unknown), "is no setting" if len(unknown) == 1 else "are none"
        raise BadValues(
            f"The preset '{preset.name}' names {names}, which {verb}. Nothing was changed; "
            "declare what is missing, or the preset anew without it.",
            field=unknown[0],
            problems=[{"key": key, "rule": "unknown"} for key in unknown],
        )
    return desk.encode_values(preset.values, actor)
