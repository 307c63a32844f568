"""It starts and listens, and its health never turns good."""

from __future__ import annotations

from typing import Any

from litestar import Litestar, Response, get
from v2.cameras.app import ROUTES
from v2.cameras.status import get_health


@get("/health", sync_to_thread=False)
def get_sickness() -> Response[dict[str, Any]]:
    return Response({"status": "the migration has not run"}, status_code=503)


app = Litestar([*(route for route in ROUTES if route is not get_health), get_sickness], openapi_config=None)
