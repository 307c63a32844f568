"""The front page: the board, the rooms' panels, and what changed in the last hour; each part also on its own."""

from __future__ import annotations

from functools import partial
from typing import Any

from litestar import Controller, Request, get
from litestar.response import Template

from gonogo.kernel.auth.scopes import declare_scope
from gonogo.kernel.errors import NotFound
from gonogo.kernel.http.envelope import success
from gonogo.kernel.http.pages import page_context
from gonogo.kernel.kernel import Kernel
from gonogo.kernel.room import Panel
from gonogo.web.board import read_board
from gonogo.web.strip import Strip, draw_strip, read_changes


class PanelNotFound(NotFound):
    """No room shows this panel now."""

    type, title = "panel-not-found", "No such panel"


class FrontController(Controller):
    """``/`` and the fragments it refreshes by."""

    include_in_schema = False
    opt = declare_scope("admin")

    @get("/")
    async def show_front(self, request: Request[Any, Any, Any], kernel: Kernel) -> Template:
        """The whole front page."""
        board, strip, panels = await read_board(kernel), await _read_strip(kernel), await _read_panels(kernel)
        return Template("web/front.html", context=page_context(request, board=board, strip=strip, panels=panels))

    @get("/_board")
    async def show_board(self, request: Request[Any, Any, Any], kernel: Kernel) -> Template:
        """The lights alone."""
        return Template("web/_board.html", context=page_context(request, board=await read_board(kernel)))

    @get("/_strip")
    async def show_strip(self, request: Request[Any, Any, Any], kernel: Kernel) -> Template:
        """The time strip alone."""
        return Template("web/_strip.html", context=page_context(request, strip=await _read_strip(kernel)))

    @get("/_panels/{id:str}")
    async def show_panel(self, id: str, request: Request[Any, Any, Any], kernel: Kernel) -> Template:
        """One room's panel alone."""
        for panel in await _read_panels(kernel):
            if panel.id == id:
                return Template("web/_panel_body.html", context=page_context(request, panel=panel))
        raise PanelNotFound(f"No room shows the panel '{id}'. Reload the front page.")

    @get("/palette")
    async def list_places(self, kernel: Kernel) -> dict[str, Any]:
        """What the command palette can jump to beside the links of the page."""
        places = [
            {"text": light.name, "note": light.reason, "href": light.href}
            for light in (await read_board(kernel)).lights
        ]
        return success(places)


async def _read_strip(kernel: Kernel) -> Strip:
    now = kernel.clock.now()
    names = frozenset(room.name for room in kernel.rooms)
    return draw_strip(await kernel.db.read(partial(read_changes, now=now)), now, names)


async def _read_panels(kernel: Kernel) -> list[Panel]:
    panels: list[Panel] = []
    for room in kernel.rooms:
        if room.read_panels is not None:
            panels.extend(await room.read_panels(kernel))
    return panels
