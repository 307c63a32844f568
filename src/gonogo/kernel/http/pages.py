"""Rendering pages: the templates of the shell and of every room, with what each page may count on.

Every template sees ``actor``, ``nav`` (entries of the rooms), ``environment``, ``version``, ``path`` and ``now``.
"""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from jinja2 import ChoiceLoader, Environment, FileSystemLoader, StrictUndefined
from litestar import MediaType, Response
from litestar.plugins.jinja import JinjaTemplateEngine
from litestar.template import TemplateConfig

from gonogo import __version__
from gonogo.kernel.kernel import Kernel


def build_templates(kernel: Kernel, shell: Path) -> TemplateConfig[JinjaTemplateEngine]:
    """The engine over the shell's folder and the rooms' (a room's templates lie under its own name)."""
    folders = [shell, *(room.templates for room in kernel.rooms if room.templates is not None)]
    environment = Environment(
        loader=ChoiceLoader([FileSystemLoader(folder) for folder in folders]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(
        nav=[entry for room in kernel.rooms for entry in room.nav],
        environment=kernel.config.environment,
        version=__version__,
        now=kernel.clock.now,
    )
    return TemplateConfig(instance=JinjaTemplateEngine.from_environment(environment))


def page_context(request: Any, **values: Any) -> dict[str, Any]:
    """The context of a page: who looks at it and where, and ``values``."""
    return {"actor": request.scope.get("user"), "path": request.url.path, "request": request, **values}


async def render_page(request: Any, name: str, context: dict[str, Any], status_code: int = 200) -> Response[str]:
    """A page rendered beside the event loop: for those that are as long as somebody's document."""
    template = request.app.template_engine.get_template(name)
    html = await asyncio.to_thread(template.render, **context)
    return Response(html, media_type=MediaType.HTML, status_code=status_code)
