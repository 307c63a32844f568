"""The room's API under ``/api/settings``."""

from __future__ import annotations

from gonogo.settings.routes.environments import EnvironmentsController
from gonogo.settings.routes.history import HistoryController
from gonogo.settings.routes.presets import PresetsController
from gonogo.settings.routes.socket import stream_settings
from gonogo.settings.routes.transfer import TransferController
from gonogo.settings.routes.values import ValuesController

CONTROLLERS = (
    ValuesController,
    HistoryController,
    PresetsController,
    TransferController,
    EnvironmentsController,
    stream_settings,
)
