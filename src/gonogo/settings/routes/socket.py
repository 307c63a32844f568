"""``/api/settings/ws``: every change as it is committed. docs/reference/settings-websocket.asyncapi.yaml has it all."""

from __future__ import annotations

from functools import partial
from typing import Any

from litestar import WebSocket, websocket

from gonogo.kernel.auth.actor import Actor
from gonogo.kernel.auth.scopes import declare_scope
from gonogo.kernel.http.authentication import identify_caller
from gonogo.kernel.http.frames import EXTENSION, Wire
from gonogo.kernel.http.live import LOGIN_ENDED
from gonogo.kernel.kernel import Kernel
from gonogo.settings.errors import EnvironmentNotFound
from gonogo.settings.fanout.hub import Hub
from gonogo.settings.live import LiveSettings
from gonogo.settings.measures import Measures
from gonogo.settings.models import DEFAULT

NO_ENVIRONMENT, NO_VERSION = 4404, 4422


@websocket("/api/settings/ws", opt=declare_scope("settings:read"))
async def stream_settings(
    socket: WebSocket[Actor, Any, Any], kernel: Kernel, since: str | None = None, environment: str = DEFAULT
) -> None:
    """Send ``hello``, then a snapshot or what was missed since a version, then every change."""
    await socket.accept()
    try:
        kernel.get_part(LiveSettings).check_environment(environment)
    except EnvironmentNotFound as error:
        await socket.close(NO_ENVIRONMENT, error.detail[:120])
        return
    if since is not None and not since.removeprefix("-").isdecimal():
        await socket.close(NO_VERSION, f"'since' must be a version of the store, not '{since[:40]}'.")
        return
    extensions: dict[str, Any] = socket.scope["extensions"] or {}
    wire: Wire = extensions[EXTENSION]
    hub = kernel.get_part(Hub)
    kernel.get_part(Measures).note_connection()
    client = hub.join(wire, environment, None if since is None else int(since))
    identify = partial(identify_caller, kernel, socket.scope)
    try:
        with kernel.login_watch.follow(identify, partial(_end_login, socket, kernel)):
            while (await socket.receive())["type"] != "websocket.disconnect":
                pass
    finally:
        hub.leave(client)


def _end_login(socket: WebSocket[Actor, Any, Any], kernel: Kernel) -> None:
    kernel.tasks.spawn("close a socket", socket.close(LOGIN_ENDED, "The login of this connection has ended."))
