"""What can be wrong with a report or a question, as facts."""

from __future__ import annotations

from gonogo.kernel.errors import BadInput, Conflict, NotFound, Problem


class HostNotFound(NotFound):
    """No host of this name has reported."""

    type, title = "host-not-found", "No such host"

    def __init__(self, host: str) -> None:
        super().__init__(
            f"No host '{host}' has reported. `gonogo observe hosts` lists those that have.",
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


class BadTarget(BadInput):
    """A scrape target that can't be fetched."""

    type, title = "bad-target", "This target can't be used"


class TargetExists(Conflict):
    """A scrape target of this name is there already."""

    type, title = "target-exists", "There is such a target already"


class TargetNotFound(NotFound):
    """No scrape target has this name."""

    type, title = "target-not-found", "No such target"


class BadRule(BadInput):
    """An alert rule that can't be worked with."""

    type, title = "bad-alert-rule", "This rule can't be used"


class RuleNotFound(NotFound):
    """No alert rule has this name."""

    type, title = "alert-rule-not-found", "No such rule"


class RuleFixed(Conflict):
    """The rule stands in ``gonogo.toml``, or comes with a room."""

    type, title = "alert-rule-fixed", "This rule can't be changed here"


class AlertNotFound(NotFound):
    """No alert has this id."""

    type, title = "alert-not-found", "No such alert"


class AlertOver(Conflict):
    """The alert has ended, or never fired."""

    type, title = "alert-over", "This alert is not firing"


class SilenceNotFound(NotFound):
    """No silence in force has this id."""

    type, title = "silence-not-found", "No such silence"


class ChannelMissing(Conflict):
    """Nobody can be told: no channel is configured."""

    type, title = "no-channel", "No channel is configured"


class CheckExists(Conflict):
    """A check of this name is there already."""

    type, title = "check-exists", "There is such a check already"


class CheckInFile(Conflict):
    """A check that the configuration file declares is changed there."""

    type, title = "check-in-file", "This check belongs to a file"


class CheckNotFound(NotFound):
    """No check has this name."""

    type, title = "check-not-found", "No such check"


class LogNotFound(NotFound):
    """No log of this name is watched."""

    type, title = "log-not-found", "No such log"


class BadReceiver(BadInput):
    """An address given for one look that nobody can be told at."""

    type, title = "bad-receiver", "Nobody can be told there"


class BadSilence(BadInput):
    """A silence that covers nothing, or no time."""

    type, title = "bad-silence", "This silence can't be used"
