"""The alert rules this room comes with, as data for the room that watches signals."""

from __future__ import annotations

from gonogo.kernel.room import AlertRule

ALERTS: tuple[AlertRule, ...] = (
    AlertRule(
        name="settings-database-latency",
        expression="settings.write_p99 > 10ms",
        lasting="1m",
        severity="warning",
        description="Committed writes of settings take more than 10 ms.",
    ),
    AlertRule(
        name="settings-connections-dropped",
        expression="settings.dropped_clients > 0",
        lasting="0s",
        severity="warning",
        description="Clients of the settings socket fell silent and were cut off in the last five minutes.",
    ),
    AlertRule(
        name="settings-reload-failed",
        expression="settings.reload_failures > 0",
        lasting="0s",
        severity="warning",
        description="Another program wrote a value that was refused; the last good value is in use.",
    ),
    AlertRule(
        name="settings-memory",
        expression='process.rss{service=""} > 500MB',
        lasting="1m",
        severity="warning",
        description="Gonogo holds more than 500 MB of memory.",
    ),
    AlertRule(
        name="settings-error-rate",
        expression="http.error_rate > 1%",
        lasting="1m",
        severity="critical",
        description="More than 1% of requests ended in a server error.",
    ),
)
