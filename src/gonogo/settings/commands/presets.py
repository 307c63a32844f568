"""Presets: a named set of values, shown as a difference first, applied as one change."""

from __future__ import annotations

from gonogo.kernel.auth.actor import Actor
from gonogo.settings.catalog import Preset
from gonogo.settings.changes import Commit, Wanted
from gonogo.settings.desk import Desk
from gonogo.settings.diff import Difference, compare_texts
from gonogo.settings.errors import PresetNotFound
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
    return compare_texts(desk.live, desk.encode_values(preset.values, actor), environment)


async def apply_preset(
    desk: Desk, actor: Actor, name: str, *, environment: str = DEFAULT, why: str = ""
) -> Commit | None:
    """Set all its values in one transaction; an unknown preset or one bad member changes nothing."""
    preset = await get_preset(desk, name)
    texts = desk.encode_values(preset.values, actor)
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
