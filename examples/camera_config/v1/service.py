"""The configuration service of a small video tracker, first version: everything in one file."""

from __future__ import annotations

import asyncio
import json
import os
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from litestar import Litestar, Response, get, post

DATABASE = os.environ.get("CAMERAS_DB", "data/production.db")
PROBE_S = 0.04
"""How long the cameras take to answer. They are not here, so a pause stands in for them."""


def connect() -> sqlite3.Connection:
    database = sqlite3.connect(DATABASE, timeout=5)
    database.row_factory = sqlite3.Row
    return database


@get("/health", sync_to_thread=False)
def health() -> dict[str, Any]:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return {"status": "ok", "version": os.environ.get("CAMERAS_VERSION", "v1"), "rss_kb": pages * 4}


@get("/api/config/get-sources", sync_to_thread=False)
def get_sources() -> Response[dict[str, Any]]:
    with closing(connect()) as database:
        rows = database.execute("SELECT id, name, path, active FROM video_sources ORDER BY id").fetchall()
    if not rows:
        return Response({"error": "No video source is configured."}, status_code=400)
    sources = [{**dict(row), "active": bool(row["active"])} for row in rows]
    return Response({"sources": sources, "count": len(sources)})


@post("/api/config/save-sources", sync_to_thread=False, status_code=200)
def save_sources(data: dict[str, Any]) -> Response[dict[str, Any]]:
    sources = data.get("sources")
    if not isinstance(sources, list) or not all(isinstance(s, dict) and s.get("name") for s in sources):
        return Response({"error": "'sources' is a list of objects with a name."}, status_code=400)
    with closing(connect()) as database, database:
        database.execute("DELETE FROM video_sources")
        for source in sources:
            row = (source["name"], source.get("path", ""), int(source.get("active", True)))
            database.execute("INSERT INTO video_sources (name, path, active) VALUES (?, ?, ?)", row)
    return Response({"saved": len(sources)})


@get("/api/config/get-processing-cameras", sync_to_thread=False)
def get_processing_cameras() -> dict[str, Any]:
    selected = read_config()["selected_cameras"]
    return {"selected_cameras": selected, "count": len(selected)}


@post("/api/config/save-processing-cameras", sync_to_thread=False, status_code=200)
def save_processing_cameras(data: dict[str, Any]) -> Response[dict[str, Any]]:
    selected = data.get("selected_cameras")
    if not isinstance(selected, list) or not all(isinstance(name, str) for name in selected):
        return Response({"error": "'selected_cameras' is a list of names."}, status_code=400)
    with closing(connect()) as database, database:
        database.execute("UPDATE processing_config SET selected_cameras = ? WHERE id = 1", (json.dumps(selected),))
    return Response({"selected_cameras": selected, "count": len(selected)})


@get("/api/config/camera-status")
async def get_camera_status() -> dict[str, Any]:
    config = read_config()
    await asyncio.sleep(PROBE_S)
    cameras = [{"name": name, "reachable": True} for name in config["selected_cameras"]]
    return {"processing_config": config, "cameras": cameras}


def read_config() -> dict[str, Any]:
    with closing(connect()) as database:
        row = database.execute("SELECT input_path, selected_cameras FROM processing_config WHERE id = 1").fetchone()
    return {"input_path": row["input_path"], "selected_cameras": json.loads(row["selected_cameras"])}


app = Litestar(
    [health, get_sources, save_sources, get_processing_cameras, save_processing_cameras, get_camera_status],
    openapi_config=None,
)
