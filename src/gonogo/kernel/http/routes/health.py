"""Is it alive, is it ready, and its metrics."""

from __future__ import annotations

from typing import Any

from litestar import Controller, Response, get
from prometheus_client import CONTENT_TYPE_LATEST

from gonogo import __version__
from gonogo.kernel.errors import Problem
from gonogo.kernel.kernel import Kernel
from gonogo.kernel.telemetry.metrics import RequestMetrics


class HealthController(Controller):
    """``/health`` and ``/health/ready`` are open to everybody; ``/metrics`` is not."""

    tags = ("health",)

    @get("/health", opt={"public": True})
    async def read_health(self) -> dict[str, str]:
        """The process is alive."""
        return {"status": "ok", "version": __version__}

    @get("/health/ready", opt={"public": True})
    async def read_readiness(self, kernel: Kernel) -> Response[dict[str, Any]]:
        """Each dependency with its state and latency in milliseconds; 503 when one that is needed is down."""
        try:
            latency = await kernel.db.ping()
            database: dict[str, Any] = {"state": "ok", "latency_ms": round(latency * 1000, 3)}
        except (Problem, OSError, RuntimeError) as error:
            database = {"state": "down", "reason": str(error)}
        ready = database["state"] == "ok"
        body = {"status": "ready" if ready else "not ready", "dependencies": {"database": database}}
        return Response(body, status_code=200 if ready else 503)

    @get("/metrics", media_type=CONTENT_TYPE_LATEST)
    async def read_metrics(self, metrics: RequestMetrics) -> bytes:
        """Prometheus text: requests, and every signal's last value."""
        return metrics.expose()
