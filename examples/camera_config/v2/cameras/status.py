"""How the cameras and the service itself are, over HTTP."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import Any

from litestar import get

from v2.cameras import database

PAGE_KB = 4
probe_s = 0.04
"""How long the cameras take to answer. They are not here, so a pause stands in for them."""


@get("/health", sync_to_thread=False)
def get_health() -> dict[str, Any]:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return {"status": "ok", "version": os.environ.get("CAMERAS_VERSION", "v2"), "rss_kb": pages * PAGE_KB}


@get("/api/config/camera-status")
async def get_camera_status() -> dict[str, Any]:
    config = database.read_config()
    await asyncio.sleep(probe_s)
    return {"processing_config": config, "cameras": [probe(name) for name in config["selected_cameras"]]}


def probe(name: str) -> dict[str, Any]:
    """What a camera says of itself."""
    return {"name": name, "reachable": True}
