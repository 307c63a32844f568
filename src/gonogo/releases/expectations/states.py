"""States that things are in, and what they say when they are not: "healthy" is not so of what is "degraded" too."""

from __future__ import annotations

import re

# The contraries are words that, beside the state in the same output, make it doubtful.
CONTRARIES: dict[str, tuple[str, ...]] = {
    "healthy": ("unhealthy", "degraded", "critical", "sick", "starting", "dead", "down", "failing"),
    "running": (
        *("stopped", "exited", "dead", "crashed", "crashloopbackoff", "error", "pending", "restarting", "terminating"),
        *("imagepullbackoff", "errimagepull", "oomkilled", "createcontainererror", "containercreating", "unknown"),
        *("evicted", "paused", "created", "inactive", "failed", "fatal", "backoff"),
    ),
    "up": ("down", "exited", "exit", "restarting", "dead", "unhealthy", "created", "paused"),
    "active": ("inactive", "failed", "activating", "deactivating", "dead", "auto-restart"),
    "active (running)": ("inactive", "failed", "activating", "deactivating", "dead", "auto-restart"),
    "active (exited)": ("inactive", "failed", "activating", "deactivating", "dead"),
    "ready": ("notready", "unready", "pending", "starting", "initializing", "failed", "error"),
    "online": ("offline", "errored", "stopped", "stopping", "launching"),
    "ok": ("error", "errors", "fail", "failed", "fails", "critical", "warning", "ko", "nok"),
    "succeeded": ("failed", "failure", "error", "errors"),
    "successful": ("unsuccessful", "failed", "failure", "error", "errors"),
    "success": ("failed", "failure", "error", "errors"),
    "passed": ("failed", "failure", "failures", "error", "errors"),
    "passing": ("failed", "failing", "failure", "failures"),
    "pass": ("fail", "failed", "failure", "failures"),
    "completed": ("incomplete", "failed", "error", "errors", "pending", "running"),
    "complete": ("incomplete", "failed", "error", "errors", "pending"),
    "done": ("failed", "error", "errors"),
    "enabled": ("disabled", "masked"),
    "disabled": ("enabled",),
    "connected": ("disconnected", "failed", "refused"),
    "available": ("unavailable", "degraded"),
    "reachable": ("unreachable",),
    "bound": ("pending", "lost", "unbound"),
    "synced": ("outofsync", "unsynced", "unknown"),
    "valid": ("invalid", "expired"),
    "open": ("closed", "refused", "filtered"),
    "closed": ("open",),
    "true": ("false",),
    "false": ("true",),
    "yes": ("no",),
    "no": ("yes",),
    "on": ("off",),
    "off": ("on",),
    "green": ("red", "yellow"),
    "inactive": ("active", "activating"),
    "stopped": ("running", "started", "active"),
    "not running": ("running", "up", "active"),
    "not ready": ("ready",),
    "not active": ("active",),
    "not installed": ("installed",),
    "down": ("up",),
    "offline": ("online",),
    "loaded": ("unloaded", "not-found"),
    "installed": ("uninstalled",),
    "mounted": ("unmounted",),
    "deployed": ("failed", "pending-upgrade", "pending-install", "superseded"),
    "primary": ("standby", "replica", "secondary"),
    "accepting connections": ("rejecting connections", "no response"),
    "merged": ("unmerged", "conflict"),
    "in sync": ("out of sync",),
    "up to date": ("out of date",),
    "up-to-date": ("out-of-date",),
}
# Words that say what the output is like, and are not in it.
DESCRIBING = frozenset(
    (
        *(
            "json",
            "yaml",
            "xml",
            "html",
            "text",
            "error",
            "errors",
            "failure",
            "list",
            "unchanged",
            "same",
            "different",
        ),
        *("numbers", "number", "timestamp", "uuid", "hash", "output", "response", "data", "version", "nothing", "none"),
        *("something", "anything", "positive", "negative", "nonzero", "non-zero", "populated", "present", "visible"),
        *("correct", "expected", "updated", "new", "old", "latest", "working", "works", "fine", "good", "normal"),
        *("stable", "responsive", "accessible", "n/a", "failed", "fails", "rejected", "blocked", "denied", "accepted"),
        *("same", "identical", "similar", "empty", "blank", "all", "any", "success", "successful", "successfully"),
    )
)
# Such a word may name a value ("expect: yes") rather than a state that a longer output mentions.
VALUES = frozenset(("true", "false", "yes", "no", "on", "off"))
# Rows that say this are neither up nor broken: whether they count is for a person.
FINISHED = frozenset(("completed", "succeeded"))
STATE = re.compile("|".join(sorted(map(re.escape, CONTRARIES), key=len, reverse=True)), re.IGNORECASE)


def is_state(text: str) -> bool:
    """Whether the text is the name of a state and nothing else."""
    return text.lower() in CONTRARIES


def find_contraries(state: str) -> tuple[str, ...]:
    """The words that make a state doubtful when they stand in the same output."""
    return CONTRARIES.get(state.lower(), ())
