"""The room's API under ``/api/v1/observability``."""

from __future__ import annotations

from gonogo.observe.routes.history import HistoryController
from gonogo.observe.routes.ingest import IngestController
from gonogo.observe.routes.live import LiveController
from gonogo.observe.routes.upkeep import UpkeepController

CONTROLLERS = (LiveController, HistoryController, IngestController, UpkeepController)
