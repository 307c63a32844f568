"""The room's API under ``/api/v1/observability``, and OTLP under ``/v1``."""

from __future__ import annotations

from gonogo.observe.routes.alerts import AlertsController, SilencesController
from gonogo.observe.routes.alerts_rules import RulesController
from gonogo.observe.routes.checks import ChecksController
from gonogo.observe.routes.history import HistoryController
from gonogo.observe.routes.ingest import IngestController
from gonogo.observe.routes.live import LiveController
from gonogo.observe.routes.logs import LogsController
from gonogo.observe.routes.otlp import OtlpController
from gonogo.observe.routes.targets import TargetsController
from gonogo.observe.routes.upkeep import UpkeepController

CONTROLLERS = (
    LiveController,
    HistoryController,
    IngestController,
    UpkeepController,
    TargetsController,
    OtlpController,
    ChecksController,
    LogsController,
    AlertsController,
    SilencesController,
    RulesController,
)
