"""The room's API: ``/api/jobs``, ``/api/queue``, ``/api/workers``."""

from __future__ import annotations

from gonogo.jobs.routes.jobs import JobsController
from gonogo.jobs.routes.protocol import ProtocolController
from gonogo.jobs.routes.queue import QueueController, WorkersController
from gonogo.jobs.routes.schedules import SchedulesController
from gonogo.jobs.routes.socket import stream_jobs

CONTROLLERS = (
    JobsController,
    QueueController,
    SchedulesController,
    WorkersController,
    ProtocolController,
    stream_jobs,
)
