"""Answers that several routes give."""

from __future__ import annotations

from typing import Any

from litestar.types import Receive, Scope, Send

from gonogo.kernel.http.envelope import success
from gonogo.kernel.kernel import Kernel
from gonogo.settings.changes import Commit
from gonogo.settings.desk import Desk
from gonogo.settings.models import DEFAULT
from gonogo.settings.views import Views


class ReadyAnswer:
    """JSON that lies ready as bytes, sent without what the framework does to make an answer (14 µs)."""

    __slots__ = ("_body",)

    def __init__(self, body: bytes) -> None:
        self._body = body

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002
        headers = [(b"content-type", b"application/json"), (b"content-length", str(len(self._body)).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": self._body, "more_body": False})


def answer_setting(kernel: Kernel, key: str, environment: str, commit: Commit | None) -> dict[str, Any]:
    """The setting as it is now, and whether anything was changed."""
    view = kernel.get_part(Views).view(key, environment)
    return success(view, changed=commit is not None, store_version=kernel.get_part(Desk).live.version)


def answer_commit(kernel: Kernel, commit: Commit | None, environment: str = DEFAULT) -> dict[str, Any]:
    """The settings that one change touched."""
    views, live = kernel.get_part(Views), kernel.get_part(Desk).live
    changed = [change.key for change in commit.changes] if commit is not None else []
    data = {
        "changed": len(changed),
        "settings": [views.view(key, environment) for key in changed],
        "restart_required": [key for key in changed if live.definitions[key].restart_required],
    }
    return success(data, store_version=live.version)
