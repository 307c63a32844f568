"""The application: the only file that sees every room."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from litestar import Litestar, Router
from litestar.config.compression import CompressionConfig
from litestar.config.cors import CORSConfig
from litestar.di import Provide
from litestar.exceptions import HTTPException
from litestar.middleware import DefineMiddleware
from litestar.middleware.compression import CompressionMiddleware
from litestar.openapi.config import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.static_files import create_static_files_router

from gonogo import __version__
from gonogo.jobs import room as jobs
from gonogo.kernel.auth.scopes import declare_scope
from gonogo.kernel.clock import Clock
from gonogo.kernel.config import Config
from gonogo.kernel.errors import Problem
from gonogo.kernel.http import problems
from gonogo.kernel.http.application import Application
from gonogo.kernel.http.authentication import Authentication
from gonogo.kernel.http.forms import limit_forms
from gonogo.kernel.http.idempotency import Idempotency
from gonogo.kernel.http.limits import MAX_BODY
from gonogo.kernel.http.live import stream_events
from gonogo.kernel.http.pages import build_templates
from gonogo.kernel.http.requests import JsonRequest
from gonogo.kernel.http.routes.access_links import AccessLinksController, WelcomeController
from gonogo.kernel.http.routes.account import SessionsController, TwoFactorController
from gonogo.kernel.http.routes.audit import AuditController
from gonogo.kernel.http.routes.events import EventsController
from gonogo.kernel.http.routes.health import HealthController
from gonogo.kernel.http.routes.keys import KeysController, ServiceAccountsController
from gonogo.kernel.http.routes.people import PeopleController
from gonogo.kernel.http.routes.sign_in import SignInController
from gonogo.kernel.http.routes.signals import SignalsController
from gonogo.kernel.http.trail import Trail
from gonogo.kernel.kernel import Kernel
from gonogo.kernel.room import Room
from gonogo.kernel.telemetry.metrics import RequestMetrics
from gonogo.observe import room as observe
from gonogo.releases import room as releases
from gonogo.services import room as services
from gonogo.settings import room as settings
from gonogo.web.pages import CONTROLLERS as WEB_CONTROLLERS
from gonogo.web.templating import furnish_templates
from gonogo.webhooks import room as webhooks

ROOMS: tuple[Room, ...] = (releases.ROOM, settings.ROOM, observe.ROOM, jobs.ROOM, webhooks.ROOM, services.ROOM)
KERNEL_CONTROLLERS = (
    HealthController,
    SignInController,
    PeopleController,
    KeysController,
    ServiceAccountsController,
    AccessLinksController,
    WelcomeController,
    SessionsController,
    TwoFactorController,
    EventsController,
    AuditController,
    SignalsController,
    stream_events,
)
WEB = Path(__file__).parent / "web"


def create_app(config: Config, clock: Clock | None = None) -> Litestar:
    """The ASGI application of one Gonogo, its kernel in ``app.state.kernel``; ``serve_app`` opens both."""
    limit_forms()
    kernel = Kernel(config, ROOMS, clock)
    metrics = RequestMetrics(kernel.clock, kernel.signals, kernel.collectors)
    app = Application(
        kernel,
        metrics,
        route_handlers=_gather_routes(),
        middleware=[Authentication(kernel), Trail(kernel), Idempotency(kernel)],
        request_class=JsonRequest,
        request_max_body_size=MAX_BODY,
        cors_config=_open_cors(config),
        dependencies={
            "kernel": Provide(lambda: kernel, sync_to_thread=False, use_cache=True),
            "metrics": Provide(lambda: metrics, sync_to_thread=False, use_cache=True),
        },
        exception_handlers={
            Problem: problems.answer_problem,
            HTTPException: problems.answer_framework_error,
            Exception: problems.answer_defect,
        },
        template_config=furnish_templates(build_templates(kernel, WEB / "templates")),
        openapi_config=_describe_api(config),
        logging_config=None,
    )
    app.state.metrics = metrics
    return app


def _gather_routes() -> list[Any]:
    """Every route. Pages and their files are compressed; protocol answers stream, and small JSON gains nothing."""
    of_rooms = (controller for room in ROOMS for controller in room.controllers)
    controllers = (*KERNEL_CONTROLLERS, *WEB_CONTROLLERS, *of_rooms)
    protocol = [one for one in controllers if _is_protocol(one)]
    pages = [one for one in controllers if not _is_protocol(one)]
    files = create_static_files_router("/static", directories=[WEB / "static"], opt={"public": True})
    gzip = CompressionConfig("gzip", minimum_size=1024, gzip_compress_level=5, exclude=["^/api", "^/v1"])
    compress = DefineMiddleware(CompressionMiddleware, config=gzip)
    return [*protocol, Router("/", route_handlers=[*pages, files], middleware=[compress])]


def _is_protocol(controller: Any) -> bool:
    paths = getattr(controller, "paths", None) or [getattr(controller, "path", "")]
    return all(str(path).startswith(("/api", "/v1")) for path in paths)


def _open_cors(config: Config) -> CORSConfig | None:
    origins = [origin.strip() for origin in config.cors_origins.split(",") if origin.strip()]
    return CORSConfig(allow_origins=origins) if origins else None


def _describe_api(config: Config) -> OpenAPIConfig:
    router = Router("/api/schema", route_handlers=[], opt={"public": config.public_docs, **declare_scope("any")})
    return OpenAPIConfig("Gonogo", __version__, render_plugins=[JsonRenderPlugin()], openapi_router=router)
