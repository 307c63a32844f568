"""What can be wrong with a setting or a change to one, as facts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gonogo.kernel.errors import BadInput, Conflict, NotFound


class SettingNotFound(NotFound):
    """No setting has this key."""

    type, title = "setting-not-found", "No such setting"

    def __init__(self, key: str, nearest: Sequence[str]) -> None:
        listed = " or ".join(f"'{near}'" for near in nearest)
        hint = f"Did you mean {listed}?" if nearest else "`gonogo settings list` shows every setting."
        super().__init__(f"There is no setting '{key}'. {hint}", field="key", nearest=list(nearest))


class BadValue(BadInput):
    """The value breaks a rule of its setting's definition."""

    type, title = "bad-value", "The value breaks a rule of this setting"

    def __init__(
        self, key: str, rule: str, told: str, *, setting_type: str, value_type: str, limit: Any = None
    ) -> None:
        super().__init__(
            f"'{key}' {told}",
            field="value",
            key=key,
            rule=rule,
            limit=limit,
            setting_type=setting_type,
            value_type=value_type,
        )


class BadCatalog(BadInput):
    """A catalog can't be read, or declares a setting that contradicts itself."""

    type, title = "bad-catalog", "This catalog can't be used"


class BadDocument(BadInput):
    """An imported document is not valid JSON, TOML or YAML, or not a table of settings."""

    type, title = "bad-document", "This document can't be read"


class BadValues(BadInput):
    """Several values of one change break rules; ``problems`` lists each. Nothing was changed."""

    type, title = "bad-values", "Some values break a rule; nothing was changed"


class VersionConflict(Conflict):
    """Somebody else changed the setting since the version that the caller has seen."""

    type, title = "version-conflict", "Somebody else changed this setting first"


class NothingToUndo(Conflict):
    """The setting has no change that could be taken back."""

    type, title = "nothing-to-undo", "There is nothing to undo"


class ChangeNotFound(NotFound):
    """The setting's history has no change of this id."""

    type, title = "change-not-found", "No such change"


class PresetNotFound(NotFound):
    """No preset has this name."""

    type, title = "preset-not-found", "No such preset"


class EnvironmentNotFound(NotFound):
    """No environment has this name."""

    type, title = "environment-not-found", "No such environment"


class EnvironmentInUse(Conflict):
    """Another environment inherits from this one, or it would inherit from itself."""

    type, title = "environment-in-use", "Other environments depend on this one"
