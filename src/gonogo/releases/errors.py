"""What can be wrong with a release, as facts."""

from __future__ import annotations

from collections.abc import Sequence

from gonogo.kernel.errors import Conflict, NotFound, Problem, Unavailable


class ReleaseNotFound(NotFound):
    """No run has this id."""

    type, title = "release-not-found", "No such release"


class ChecklistNotFound(NotFound):
    """No stored checklist, or no file, by this name."""

    type, title = "checklist-not-found", "No such checklist"


class ItemNotFound(NotFound):
    """The run's plan has no item of this id."""

    type, title = "item-not-found", "No such item"


class PlanChanged(Conflict):
    """The file is not the one that was approved."""

    type, title = "plan-changed", "The checklist has changed since it was approved"


class PlanBlocked(Problem):
    """The checklist has findings that block, or names what does not exist."""

    status, type, title = 422, "plan-blocked", "This checklist can't be run yet"


class PlanTooSlow(Problem):
    """Reading the checklist took longer than it may."""

    status, type, title = 422, "plan-too-slow", "This checklist could not be read in time"


class AdoptionUnreadable(Conflict):
    """The answers beside the checklist have to be fixed first."""

    type, title = "adoption-unreadable", "The answers of this checklist can't be read"


class WrongMove(Conflict):
    """The item or the run is not in a state that allows this."""

    type, title = "wrong-move", "This can't be done now"


class FourEyesNeeded(Problem):
    """The signer started the run, or does not hold the role."""

    status, type, title = 403, "four-eyes-needed", "Somebody else has to sign"


class PersonNeeded(Problem):
    """A key or the command line wants to sign or decide, or anybody to do so in another's name."""

    status, type, title = 403, "person-needed", "Only a person can do this"


class RollbackRefused(Conflict):
    """There is nothing to roll back, or it was rolled back already."""

    type, title = "rollback-refused", "There is nothing to roll back"


class TargetLocked(Conflict):
    """Another run holds the deploy lock of this target."""

    type, title = "target-locked", "Another release is under way there"


class HostNotFound(Problem):
    """An item runs on a host that gonogo.toml does not define."""

    status, type, title = 422, "host-not-found", "No such host"

    def __init__(self, name: str, known: Sequence[str]) -> None:
        listed = ", ".join(known) if known else "none"
        super().__init__(
            f"There is no host '{name}' (known: {listed}). "
            f'Add to gonogo.toml: [hosts.{name}] command = ["ssh", "{name}"].',
            field="host",
        )


class ShellNotFound(Unavailable):
    """This machine has no bash on its PATH."""

    type, title = "shell-not-found", "No bash on this machine"

    def __init__(self) -> None:
        super().__init__("Commands run in bash, and there is none on the PATH of this server. Install it.")


class FollowUpNotFound(NotFound):
    """No follow-up task has this id."""

    type, title = "follow-up-not-found", "No such follow-up task"


class IncidentNotFound(NotFound):
    """No incident has this id."""

    type, title = "incident-not-found", "No such incident"


class ActionNotFound(NotFound):
    """No room brings an action of this name, or no call of it is remembered."""

    type, title = "action-not-found", "No such action"
