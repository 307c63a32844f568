"""What can be wrong with an endpoint, an event or a hook, as facts."""

from __future__ import annotations

from gonogo.kernel.errors import BadInput, Conflict, NotFound, NotSignedIn


class EndpointNotFound(NotFound):
    """No endpoint has this id."""

    type, title = "endpoint-not-found", "No such endpoint"


class DeliveryNotFound(NotFound):
    """No delivery has this number."""

    type, title = "delivery-not-found", "No such delivery"


class SourceNotFound(NotFound):
    """Nothing is taken in under this name."""

    type, title = "source-not-found", "No such source"


class HookNotFound(NotFound):
    """No hook came in with this id."""

    type, title = "hook-not-found", "No such hook"


class EventTypeNotFound(NotFound):
    """No event type has this name."""

    type, title = "event-type-not-found", "No such event type"


class BadAddress(BadInput):
    """The URL can't be delivered to."""

    type, title = "bad-address", "This address can't be delivered to"


class BadSchema(BadInput):
    """The schema is no JSON Schema."""

    type, title = "bad-schema", "This is no JSON Schema"


class BadPayload(BadInput):
    """The event's data breaks the schema of its type; ``faults`` says where."""

    type, title = "bad-payload", "The data breaks the schema of its event type"


class BadSource(BadInput):
    """The source's kind needs something else."""

    type, title = "bad-source", "This source can't be verified"


class SourceExists(Conflict):
    """A source of this name is there already."""

    type, title = "source-exists", "There is such a source already"


class EndpointDisabled(Conflict):
    """Nothing is sent to this endpoint until it is enabled."""

    type, title = "endpoint-disabled", "This endpoint is disabled"


class NothingToReplay(Conflict):
    """No delivery fits what was asked."""

    type, title = "nothing-to-replay", "There is nothing to send again"


class SignatureMismatch(NotSignedIn):
    """The hook was not signed with the source's secret, or too long ago."""

    type, title = "signature-mismatch", "The signature does not fit"
