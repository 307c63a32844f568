"""The application."""

from __future__ import annotations

from litestar import Litestar

from v2.cameras.processing import get_processing_cameras, save_processing_cameras
from v2.cameras.sources import get_sources, save_sources
from v2.cameras.status import get_camera_status, get_health

ROUTES = [
    get_health,
    get_sources,
    save_sources,
    get_processing_cameras,
    save_processing_cameras,
    get_camera_status,
]
app = Litestar(ROUTES, openapi_config=None)
