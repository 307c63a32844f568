"""Video sources over HTTP."""

from __future__ import annotations

from typing import Any

from litestar import Response, get, post

from v2.cameras import database


@get("/api/config/get-sources", sync_to_thread=False)
def get_sources() -> Response[dict[str, Any]]:
    sources = database.list_sources()
    if not sources:
        return Response({"error": "No video source is configured."}, status_code=400)
    return Response({"sources": sources, "count": len(sources)})


@post("/api/config/save-sources", sync_to_thread=False, status_code=200)
def save_sources(data: dict[str, Any]) -> Response[dict[str, Any]]:
    sources = data.get("sources")
    if not isinstance(sources, list) or not all(isinstance(each, dict) and each.get("name") for each in sources):
        return Response({"error": "'sources' is a list of objects with a name."}, status_code=400)
    database.replace_sources(sources)
    return Response({"saved": len(sources)})
