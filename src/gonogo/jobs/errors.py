"""What can be wrong with a job, as facts."""

from __future__ import annotations

from gonogo.kernel.errors import BadInput, Conflict, NotFound, Unavailable


class JobNotFound(NotFound):
    """No job has this id."""

    type, title = "job-not-found", "No such job"


class ScheduleNotFound(NotFound):
    """No schedule has this name."""

    type, title = "schedule-not-found", "No such schedule"


class WorkerTaken(Conflict):
    """The worker's id is in use by another key or person."""

    type, title = "worker-taken", "This worker belongs to somebody else"


class JobElsewhere(Conflict):
    """The job was claimed by another worker, which alone reports on it."""

    type, title = "job-elsewhere", "Another worker has claimed this job"


class JobEnded(Conflict):
    """The job has ended; it can't be cancelled."""

    type, title = "job-ended", "This job has ended"


class JobNotRetriable(Conflict):
    """The job runs, waits its turn or is done, or another live job has its unique key."""

    type, title = "job-not-retriable", "This job can't be retried now"


class BadJob(BadInput):
    """A job breaks a rule; nothing was enqueued."""

    type, title = "bad-job", "This job can't be taken in"


class BadCron(BadInput):
    """The text is not a cron expression."""

    type, title = "bad-cron", "This is not a cron expression"


class QueueUnavailable(Unavailable):
    """The queue's database does not answer. Nothing was lost; what was accepted before stays accepted."""

    type, title = "queue-unavailable", "The queue is not available"
