"""``count`` has become a text, and ``input_path`` is gone."""

from __future__ import annotations

from typing import Any

from litestar import Litestar, get
from v2.cameras import database
from v2.cameras.app import ROUTES
from v2.cameras.processing import get_processing_cameras
from v2.cameras.status import get_camera_status


@get("/api/config/get-processing-cameras", sync_to_thread=False)
def get_other_cameras() -> dict[str, Any]:
    selected = database.read_config()["selected_cameras"]
    return {"selected_cameras": selected, "count": str(len(selected))}


@get("/api/config/camera-status", sync_to_thread=False)
def get_other_status() -> dict[str, Any]:
    return {"processing_config": {"selected_cameras": database.read_config()["selected_cameras"]}, "cameras": []}


kept = [route for route in ROUTES if route not in (get_processing_cameras, get_camera_status)]
app = Litestar([*kept, get_other_cameras, get_other_status], openapi_config=None)
