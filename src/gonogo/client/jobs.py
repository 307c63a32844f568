"""Jobs: the durable queue, its workers and schedules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from gonogo.client.call import Call, Send, drop_absent, make_path, read_members, read_page
from gonogo.client.job_functions import JobFunction, JobRequest, PayloadRefused, job

__all__ = ["JobFunction", "JobRequest", "Jobs", "PayloadRefused", "job"]

Family = Literal["jobs", "tasks"]


class Jobs:
    """``gonogo.jobs``. ``family="tasks"`` means the house's own durable tasks instead of people's jobs."""

    def __init__(self, send: Send) -> None:
        self._send = send

    def enqueue(self, what: str | JobRequest, payload: Mapping[str, Any] | None = None, **details: Any) -> Any:
        """Take in one job; what comes back is committed.

        ``what`` is a type, or what a ``@job`` function's ``ask`` gave. ``details``: priority, due, max_attempts,
        backoff, timeout, unique_key, needs, parent, labels, lane, limit_key.
        """
        request = what if isinstance(what, JobRequest) else JobRequest(what, dict(payload or {}))
        body = {"type": request.type, "payload": request.payload, **details}
        return self._send(Call("POST", make_path("jobs"), body=body, read=read_members))

    def enqueue_all(self, jobs: Sequence[Mapping[str, Any]]) -> Any:
        """Take in many jobs, all or none."""
        return self._send(Call("POST", make_path("jobs"), body={"jobs": [dict(each) for each in jobs]}))

    def list(
        self,
        state: str | None = None,
        type: str | None = None,
        *,
        parent: str | None = None,
        cursor: str | None = None,
        limit: int = 50,
        family: Family = "jobs",
    ) -> Any:
        """A page of jobs, newest first."""
        params = drop_absent(state=state, type=type, parent=parent, cursor=cursor, limit=limit, family=family)
        return self._send(Call("GET", make_path("jobs"), params=params, read=read_page))

    def show(self, id: str, family: Family = "jobs") -> Any:
        """One job, with its progress and result."""
        return self._send(Call("GET", make_path("jobs", id), params={"family": family}))

    def log(self, id: str, family: Family = "jobs") -> Any:
        """The newest thousand lines of its log."""
        return self._send(Call("GET", make_path("jobs", id, "log"), params={"family": family}))

    def cancel(self, id: str, why: str = "") -> Any:
        """Cancel a live job, also one that runs."""
        return self._send(Call("POST", make_path("jobs", id, "cancel"), body={"why": why}))

    def retry(self, id: str, family: Family = "jobs") -> Any:
        """Make a dead, cancelled or waiting job ready now."""
        return self._send(Call("POST", make_path("jobs", id, "retry"), params={"family": family}))

    def replay(self, type: str | None = None, family: Family = "jobs") -> Any:
        """Make all dead jobs ready again, or those of one type."""
        return self._send(Call("POST", make_path("jobs", "replay"), body={"type": type, "family": family}))

    def metrics(self) -> Any:
        """The queue in numbers."""
        return self._send(Call("GET", make_path("queue", "metrics")))

    def workers(self) -> Any:
        """Who takes jobs."""
        return self._send(Call("GET", make_path("workers")))

    def pause(self, type: str = "*") -> Any:
        """Hand out no more jobs of a type; ``*`` is all of them."""
        return self._send(Call("POST", make_path("queue", "pause"), body={"type": type}))

    def resume(self, type: str = "*") -> Any:
        """Take a pause back."""
        return self._send(Call("POST", make_path("queue", "resume"), body={"type": type}))

    def limits(self) -> Any:
        """Every limit, by key."""
        return self._send(Call("GET", make_path("queue", "limits")))

    def limit(self, key: str, *, concurrency: int | None = None, rate: float | None = None, burst: int = 1) -> Any:
        """Limit the jobs of a key; with neither concurrency nor rate, lift its limit."""
        body = {"key": key, "concurrency": concurrency, "rate": rate, "burst": burst}
        return self._send(Call("PUT", make_path("queue", "limits"), body=body))

    def schedules(self) -> Any:
        """Every schedule, by name."""
        return self._send(Call("GET", make_path("queue", "schedules")))

    def schedule(self, name: str, cron: str, job: Mapping[str, Any], *, enabled: bool = True) -> Any:
        """Add or change a schedule: a cron expression in UTC, and the job it makes."""
        body = {"cron": cron, "job": dict(job), "enabled": enabled}
        return self._send(Call("PUT", make_path("queue", "schedules", name), body=body))

    def drop_schedule(self, name: str) -> Any:
        """Remove a schedule."""
        return self._send(Call("DELETE", make_path("queue", "schedules", name)))

    def firings(self, name: str, limit: int = 50) -> Any:
        """When a schedule fired, newest first."""
        return self._send(Call("GET", make_path("queue", "schedules", name, "firings"), params={"limit": limit}))
