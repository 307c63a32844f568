"""The room's routes."""

from __future__ import annotations

from gonogo.webhooks.routes.deliveries import DeliveriesController
from gonogo.webhooks.routes.endpoints import EndpointsController
from gonogo.webhooks.routes.events import EventsController
from gonogo.webhooks.routes.hooks import HooksController, SourcesController

CONTROLLERS = (EndpointsController, EventsController, DeliveriesController, SourcesController, HooksController)
