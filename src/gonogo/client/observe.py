"""Infrastructure: hosts, their health and history, and the upkeep of what is stored."""

from __future__ import annotations

from typing import Any

from gonogo.client.call import Call, Send, drop_absent, make_path


class Observe:
    """``gonogo.observe``. Without ``host`` the machine is meant that the server runs on."""

    def __init__(self, send: Send) -> None:
        self._send = send

    def hosts(self) -> Any:
        """Every host, worst first, with its newest numbers."""
        return self._ask("hosts")

    def forget(self, host: str) -> Any:
        """Take a host off every list until it reports again."""
        return self._send(Call("DELETE", make_path("v1", "observability", "infrastructure", "hosts", host)))

    def system(self, host: str | None = None) -> Any:
        """A host's numbers now."""
        return self._ask("system", host=host)

    def process(self, host: str | None = None) -> Any:
        """The processes of a host that use most."""
        return self._ask("process", host=host)

    def platform(self, host: str | None = None) -> Any:
        """What a host is."""
        return self._ask("platform", host=host)

    def summary(self) -> Any:
        """The verdict over all hosts."""
        return self._ask("summary")

    def health(self, host: str | None = None) -> Any:
        """Every component's score with its reason, worst first."""
        return self._ask("health", host=host)

    def report(self, host: str | None = None) -> Any:
        """All of it in one answer."""
        return self._ask("report", host=host)

    def history(
        self, metric: str, host: str | None = None, since: str = "1h", until: str = "now", points: int | None = None
    ) -> Any:
        """The course of a metric; ``since`` and ``until`` are instants, or how long ago (``24h``)."""
        return self._ask("history", metric=metric, host=host, points=points, **{"from": since, "to": until})

    def health_history(
        self, host: str | None = None, since: str = "24h", until: str = "now", limit: int | None = None
    ) -> Any:
        """Rows of health, newest first: one at every change."""
        return self._ask("health/history", host=host, limit=limit, **{"from": since, "to": until})

    def logs(self) -> Any:
        """Every watched log with its counts over the last five minutes."""
        return self._ask("logs")

    def log(self, name: str) -> Any:
        """One log with its counts by the minute of the last hour."""
        return self._ask(f"logs/{name}")

    def excerpts(self, name: str, level: str | None = None, limit: int | None = None) -> Any:
        """Lines of a log that were kept, newest first."""
        return self._ask(f"logs/{name}/excerpts", level=level, limit=limit)

    def targets(self) -> Any:
        """Every scrape target with how its last fetch went."""
        return self._ask("targets")

    def add_target(self, name: str, url: str, every_s: int | None = None, prefix: str | None = None) -> Any:
        """Fetch an address's Prometheus text from now on."""
        return self._do("targets", name=name, url=url, **drop_absent(every_s=every_s, prefix=prefix))

    def remove_target(self, name: str) -> Any:
        """Fetch it no more."""
        return self._send(Call("DELETE", _make_address(f"targets/{name}")))

    def storage(self) -> Any:
        """How many rows and packed bytes are kept."""
        return self._ask("storage")

    def cleanup(self, days: int | None = None, *, dry_run: bool = False, vacuum: bool = False) -> Any:
        """Drop what is older than it is kept; with ``dry_run`` only say what would go."""
        return self._do("cleanup", **drop_absent(days=days), dry_run=dry_run, vacuum=vacuum)

    def aggregate(self, hours: int = 2, period: str = "hourly") -> Any:
        """Write ``metric_aggregations`` for the last hours, or for their days."""
        return self._do("aggregate", hours=hours, period=period)

    def verify(self, hours: int | None = None) -> Any:
        """Hold sealed history against its roll-ups."""
        return self._do("verify", **drop_absent(hours=hours))

    def _ask(self, name: str, **params: Any) -> Any:
        return self._send(Call("GET", _make_address(name), params=drop_absent(**params)))

    def _do(self, address: str, /, **body: Any) -> Any:
        return self._send(Call("POST", _make_address(address), body=body))


def _make_address(name: str) -> str:
    return make_path("v1", "observability", "infrastructure", *name.split("/"))
