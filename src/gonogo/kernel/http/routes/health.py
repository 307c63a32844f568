"""Is it alive, is it ready, and its metrics."""

from __future__ import annotations

from litestar import Controller, Response, get
from prometheus_client import CONTENT_TYPE_LATEST

from gonogo import __version__
from gonogo.kernel.auth.scopes import declare_scope
from gonogo.kernel.kernel import Kernel
from gonogo.kernel.readiness import Readiness, check_readiness
from gonogo.kernel.telemetry.metrics import RequestMetrics


class HealthController(Controller):
    """``/health`` and ``/health/ready`` are open to everybody; ``/metrics`` is not."""

    tags = ("health",)

    @get("/health", opt={"public": True})
    async def read_health(self) -> dict[str, str]:
        """The process is alive."""
        return {"status": "ok", "version": __version__}

    @get("/health/ready", opt={"public": True})
    async def read_readiness(self, kernel: Kernel) -> Response[Readiness]:
        """Each dependency with its state and latency in milliseconds; 503 when one that is needed is down."""
        readiness = await check_readiness(kernel.dependencies)
        return Response(readiness, status_code=503 if readiness.status == "not ready" else 200)

    @get("/metrics", media_type=CONTENT_TYPE_LATEST, opt=declare_scope("metrics:read"))
    async def read_metrics(self, metrics: RequestMetrics) -> bytes:
        """Prometheus text: requests, and every signal's last value."""
        return metrics.expose()
