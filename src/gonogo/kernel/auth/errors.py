"""What can go wrong with people and keys."""

from __future__ import annotations

from gonogo.kernel.errors import BadInput, Conflict, NotFound, NotSignedIn, TooManyRequests


class WrongCredentials(NotSignedIn):
    """E-mail or password is wrong; which of them is not said."""

    type, title = "wrong-credentials", "That did not work"


class SignInThrottled(TooManyRequests):
    """Too many wrong passwords for one e-mail."""

    type, title = "sign-in-throttled", "Too many attempts"


class PersonNotFound(NotFound):
    """No person with that id."""

    type, title = "person-not-found", "No such person"


class PersonExists(Conflict):
    """The e-mail is taken."""

    type, title = "person-exists", "This person is here already"


class KeyNotFound(NotFound):
    """No live key with that id."""

    type, title = "key-not-found", "No such key"


class LastAdministrator(Conflict):
    """The change would leave nobody who can administer."""

    type, title = "last-administrator", "Somebody must remain administrator"


class WeakPassword(BadInput):
    """Shorter than the rule, or a known default."""

    type, title = "weak-password", "The password is too weak"
