"""What can go wrong with people and keys."""

from __future__ import annotations

from gonogo.kernel.errors import BadInput, Conflict, NotFound, NotSignedIn, Problem, TooManyRequests


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


class KeysHaveScopes(Problem):
    """A request from before scopes, which gave a key a role."""

    type, title = "keys-have-scopes", "Keys have scopes"


class ServiceAccountNotFound(NotFound):
    """No service account with that name or id."""

    type, title = "service-account-not-found", "No such service account"


class ServiceAccountExists(Conflict):
    """The name is taken."""

    type, title = "service-account-exists", "This service account exists already"


class ServiceAccountDisabled(Conflict):
    """A disabled service account owns no new keys."""

    type, title = "service-account-disabled", "This service account is disabled"


class LastAdministrator(Conflict):
    """The change would leave nobody who can administer."""

    type, title = "last-administrator", "Somebody must remain administrator"


class WeakPassword(BadInput):
    """Shorter than the rule, or a known default."""

    type, title = "weak-password", "The password is too weak"
