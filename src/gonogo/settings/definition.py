"""What a setting is: its type, bounds and default, as a catalog declares it."""

from __future__ import annotations

import re
from typing import Any, Literal

import msgspec

from gonogo.kernel.auth.actor import Role

SettingType = Literal["bool", "int", "float", "string", "enum", "color", "duration", "json"]

KEY_RULE = r"[a-z0-9][a-z0-9_-]*(\.[a-z0-9][a-z0-9_-]*)+"
KEY_LENGTH = 200
_KEY = re.compile(KEY_RULE + r"\Z")


class Definition(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True, gc=False):
    """One declared setting.

    ``min`` and ``max`` bound a number's value, a duration's length (``"1s"``) and a string's count of characters;
    ``step`` is a hint for sliders. ``min_role`` is the least role that may change the value.
    """

    key: str
    type: SettingType
    default: Any
    category: str = ""
    label: str = ""
    description: str = ""
    min: int | float | str | None = None
    max: int | float | str | None = None
    step: int | float | None = None
    choices: tuple[str | int | float, ...] = ()
    pattern: str | None = None
    schema: dict[str, Any] | None = None
    unit: str = ""
    secret: bool = False
    restart_required: bool = False
    min_role: Role = "operator"


def is_key(text: str) -> bool:
    """Whether ``text`` can name a setting: lower case, dotted, such as ``physics.spring.strength``."""
    return len(text) <= KEY_LENGTH and _KEY.match(text) is not None


def complete_definition(definition: Definition) -> Definition:
    """The same with category and label filled in from the key where the catalog leaves them out."""
    first, _, rest = definition.key.partition(".")
    label = definition.label or rest.replace(".", " ").replace("_", " ").replace("-", " ").capitalize()
    return msgspec.structs.replace(definition, category=definition.category or first, label=label)
