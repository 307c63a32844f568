"""What can be wrong with a report or a question, as facts."""

from __future__ import annotations

from gonogo.kernel.errors import BadInput, Conflict, NotFound, Problem


class HostNotFound(NotFound):
    """No host of this name has reported."""

    type, title = "host-not-found", "No such host"

    def __init__(self, host: str) -> None:
        super().__init__(
            f"No host '{host}' has reported. GET /api/v1/observability/infrastructure/hosts lists those that have.",
            field="host",
        )


class MetricNotFound(NotFound):
    """No metric has this name."""

    type, title = "metric-not-found", "No such metric"


class HostHere(Conflict):
    """The machine that Gonogo runs on is always observed."""

    type, title = "host-here", "This host can't be forgotten"


class BadReport(BadInput):
    """A report can't be what an agent of this version sends."""

    type, title = "bad-report", "This report can't be used"


class BadMoment(BadInput):
    """Text that names no moment, or a span that ends before it begins."""

    type, title = "bad-moment", "This is no moment"


class BadPayload(Problem):
    """Bytes that are not what their protocol says."""

    status, type, title = 400, "bad-payload", "This payload can't be read"


class TargetExists(Conflict):
    """A scrape target of this name is there already."""

    type, title = "target-exists", "There is such a target already"


class TargetNotFound(NotFound):
    """No scrape target has this name."""

    type, title = "target-not-found", "No such target"
