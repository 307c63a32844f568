"""Named sets of values."""

from __future__ import annotations

from typing import Any

from litestar import Controller, Request, get, post

from gonogo.kernel.auth.actor import Actor
from gonogo.kernel.auth.scopes import declare_scope
from gonogo.kernel.http.envelope import success
from gonogo.kernel.kernel import Kernel
from gonogo.settings.catalog import Preset
from gonogo.settings.commands.presets import apply_preset, get_preset, preview_preset
from gonogo.settings.desk import Desk
from gonogo.settings.models import DEFAULT
from gonogo.settings.routes.answers import answer_commit
from gonogo.settings.schemas import PresetSummary, Reason
from gonogo.settings.store.reading import list_presets
from gonogo.settings.views import is_equal


class PresetsController(Controller):
    """Presets: look at one, see what it would change, apply it."""

    path = "/api/settings/presets"
    opt = declare_scope("settings:read")
    tags = ("settings",)

    @get("/")
    async def list_all(self, kernel: Kernel, environment: str = DEFAULT) -> dict[str, Any]:
        """Every preset, by name."""
        live = kernel.get_part(Desk).live
        values = live.snapshot.view(live.check_environment(environment))
        presets = await kernel.db.read(list_presets)
        return success([summarise(preset, values) for preset in presets])

    @get("/{name:str}")
    async def read(self, name: str, kernel: Kernel) -> dict[str, Any]:
        """One preset with its values."""
        return success(await get_preset(kernel.get_part(Desk), name))

    @post("/{name:str}/preview", status_code=200, opt={"reads_only": True})
    async def preview(
        self, name: str, request: Request[Actor, Any, Any], kernel: Kernel, environment: str = DEFAULT
    ) -> dict[str, Any]:
        """What applying it would change."""
        return success(await preview_preset(kernel.get_part(Desk), request.user, name, environment=environment))

    @post("/{name:str}/apply", status_code=200, opt=declare_scope("settings:write"))
    async def apply(
        self,
        name: str,
        request: Request[Actor, Any, Any],
        kernel: Kernel,
        data: Reason | None = None,
        environment: str = DEFAULT,
    ) -> dict[str, Any]:
        """Set all its values: one transaction, one broadcast."""
        why = data.why if data is not None else ""
        desk = kernel.get_part(Desk)
        commit = await apply_preset(desk, request.user, name, environment=environment, why=why)
        return answer_commit(kernel, commit, environment)


def summarise(preset: Preset, values: Any) -> PresetSummary:
    """A preset beside the values in force."""
    differing = sum(key not in values or not is_equal(values[key], value) for key, value in preset.values.items())
    return PresetSummary(
        name=preset.name,
        label=preset.label,
        description=preset.description,
        count=len(preset.values),
        differing=differing,
    )
