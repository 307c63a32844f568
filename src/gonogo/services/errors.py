"""What can be wrong with a service or a move of one, as facts."""

from __future__ import annotations

from collections.abc import Iterable

from gonogo.kernel.errors import BadInput, Conflict, NotFound, Unavailable


class ServiceNotFound(NotFound):
    """gonogo.toml declares no service of this name."""

    type, title = "service-not-found", "No such service"

    def __init__(self, name: str, known: Iterable[str]) -> None:
        listed = ", ".join(known) or "none yet"
        super().__init__(
            f"There is no service '{name}' in gonogo.toml (there: {listed}). Declare it as [services.{name}].",
            field="service",
        )


class ServiceDown(Conflict):
    """The service does not run, so nothing can be moved."""

    type, title = "service-down", "The service is not running"


class PortTaken(Conflict):
    """Another process has the port."""

    type, title = "port-taken", "Another process has this port"


class SwapRefused(Conflict):
    """The keeper tried nothing, and says why."""

    type, title = "swap-refused", "This swap can't begin"


class NothingToRollBack(Conflict):
    """No version was in service before this one."""

    type, title = "nothing-to-roll-back", "There is no earlier version"


class VersionTaken(Conflict):
    """The version's name stands for another command already."""

    type, title = "version-taken", "This version is recorded with another command"


class BadVersion(BadInput):
    """Text that names or describes no version."""

    type, title = "bad-version", "This can't be a version"


class RunnerFailed(Unavailable):
    """systemd, compose, Kubernetes or PM2 did not do what was asked of it, or could not be asked."""

    type, title = "runner-failed", "What runs this service did not do it"


class MoveNotOffered(Conflict):
    """What runs this service has no such move."""

    type, title = "move-not-offered", "This move is not offered"


class KeeperFailed(Unavailable):
    """The keeper of a service did not start or answer."""

    type, title = "keeper-failed", "The service's keeper does not answer"


class TunnelRuns(Conflict):
    """The same tunnel runs already, started by somebody else."""

    type, title = "tunnel-runs", "This tunnel runs already"


class UserUnusable(Conflict):
    """The service is to run as somebody whom this Gonogo can't become."""

    type, title = "user-unusable", "The service can't run as this user"
