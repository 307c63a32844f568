"""What can go wrong with people and keys."""

from __future__ import annotations

from gonogo.kernel.errors import BadInput, Conflict, Forbidden, NotFound, NotSignedIn, Problem, TooManyRequests


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


class TwoFactorRequired(NotSignedIn):
    """The password is right; a code is needed beside it."""

    type, title = "two-factor-required", "A code is needed"


class WrongCode(NotSignedIn):
    """The code is wrong, too old, or was used before."""

    type, title = "wrong-code", "That code did not work"


class CodeNotAccepted(BadInput):
    """The same, for who is signed in."""

    type, title = "wrong-code", "That code did not work"


class TwoFactorSetupRequired(Forbidden):
    """Administrators here need a second factor, and this one has none yet."""

    type, title = "two-factor-setup-required", "Set up two-factor sign-in first"


class TwoFactorOn(Conflict):
    """It is set up already."""

    type, title = "two-factor-on", "Two-factor sign-in is on already"


class TwoFactorOff(Conflict):
    """There is nothing to confirm or to turn off."""

    type, title = "two-factor-off", "Two-factor sign-in is off"


class SessionNotFound(NotFound):
    """No live session of this person with that id."""

    type, title = "session-not-found", "No such session"


class LinkNotValid(NotFound):
    """An invitation or reset link that was used, was revoked, has expired, or never was."""

    type, title = "link-not-valid", "This link does not work any more"
