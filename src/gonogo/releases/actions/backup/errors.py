"""What can be wrong with a backup, as facts."""

from __future__ import annotations

from gonogo.kernel.errors import BadInput, NotFound, Problem


class BackupNotFound(NotFound):
    """The store has no backup of this id."""

    type, title = "backup-not-found", "No such backup"


class BackupDamaged(Problem):
    """A file of the backup, or its manifest, is not as it was written."""

    status, type, title = 422, "backup-damaged", "The backup is damaged"


class SourceUnusable(BadInput):
    """What was to be backed up, or restored to, can't be read or written."""

    type, title = "source-unusable", "This can't be copied"
