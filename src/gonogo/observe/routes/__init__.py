"""The room's API under ``/api/v1/observability``."""

from __future__ import annotations

from gonogo.observe.routes.ingest import IngestController
from gonogo.observe.routes.live import LiveController

CONTROLLERS = (LiveController, IngestController)
