"""Problems: errors a person can act on, shaped as RFC 9457 wants them.

A room states a fact by subclassing ``Problem`` and raising it with a sentence:

    class FlagNotFound(Problem):
        status, type, title = 404, "flag-not-found", "No such flag"

    raise FlagNotFound("There is no flag 'beta'. Did you mean 'betas'?", field="key")
"""

from __future__ import annotations

from typing import Any, ClassVar


class Problem(Exception):
    """One error with a stable ``type``, a ``detail`` sentence, and the ``field`` at fault if there is one.

    ``extra`` members go into the response as they are; ``headers`` go beside it (Retry-After, for one).
    """

    status: ClassVar[int] = 400
    type: ClassVar[str] = "bad-request"
    title: ClassVar[str] = "The request can't be carried out"

    def __init__(
        self, detail: str, *, field: str | None = None, headers: dict[str, str] | None = None, **extra: Any
    ) -> None:
        super().__init__(detail)
        self.detail = detail
        self.field = field
        self.headers = headers or {}
        self.extra = extra

    def to_dict(self) -> dict[str, Any]:
        """The body of the ``application/problem+json`` answer."""
        body: dict[str, Any] = {
            "type": f"/problems/{self.type}",
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
        }
        if self.field is not None:
            body["field"] = self.field
        return body | self.extra


class BadInput(Problem):
    """A value breaks a rule."""

    status, type, title = 422, "bad-input", "A value breaks a rule"


class NotSignedIn(Problem):
    """Nobody is signed in."""

    status, type, title = 401, "not-signed-in", "Sign in first"


class Forbidden(Problem):
    """The actor's role does not reach far enough."""

    status, type, title = 403, "forbidden", "Your role does not allow this"


class NotFound(Problem):
    """There is no such thing."""

    status, type, title = 404, "not-found", "No such thing"


class Conflict(Problem):
    """The state of the thing does not allow it now."""

    status, type, title = 409, "conflict", "This can't be done now"


class TooManyRequests(Problem):
    """A limit was reached; ``Retry-After`` says when to come back."""

    status, type, title = 429, "too-many-requests", "Too many requests"


class Unavailable(Problem):
    """Something this depends on is not there at the moment; nothing was lost."""

    status, type, title = 503, "unavailable", "Not available at the moment"
