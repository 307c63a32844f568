"""Which cameras are processed, over HTTP."""

from __future__ import annotations

from typing import Any

from litestar import Response, get, post

from v2.cameras import database


@get("/api/config/get-processing-cameras", sync_to_thread=False)
def get_processing_cameras() -> dict[str, Any]:
    selected = database.read_config()["selected_cameras"]
    return {"selected_cameras": selected, "count": len(selected)}


@post("/api/config/save-processing-cameras", sync_to_thread=False, status_code=200)
def save_processing_cameras(data: dict[str, Any]) -> Response[dict[str, Any]]:
    selected = data.get("selected_cameras")
    if not isinstance(selected, list) or not all(isinstance(name, str) for name in selected):
        return Response({"error": "'selected_cameras' is a list of names."}, status_code=400)
    database.select_cameras(selected)
    return Response({"selected_cameras": selected, "count": len(selected)})
