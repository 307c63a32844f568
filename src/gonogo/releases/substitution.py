"""Variables in the words of an annotation: ``$NAME``, ``${NAME}`` and ``${NAME:-default}``. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping

_VARIABLE = re.compile(r"\$(?:(?P<plain>[A-Za-z_]\w*)|\{(?P<braced>[A-Za-z_]\w*)(?::-(?P<default>[^}]*))?\})")


class VariableNotSet(ValueError):
    """Nobody has set the variable, and the text has no default for it."""


def fill_text(text: str, variables: Mapping[str, str]) -> str:
    """The text with its variables filled in. Raises VariableNotSet."""

    def fill(match: re.Match[str]) -> str:
        name = match["plain"] or match["braced"]
        value = variables.get(name) or match["default"]
        if value is None:
            raise VariableNotSet(f"'{name}' is not set; set it with --var {name}=…, or write ${{{name}:-default}}.")
        return value

    return _VARIABLE.sub(fill, text)


def has_variable(text: str) -> bool:
    """Whether anything in the text is to be filled in."""
    return _VARIABLE.search(text) is not None
