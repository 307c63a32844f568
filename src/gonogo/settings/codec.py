"""Between values and the texts that are stored: JSON, sealed when the setting is secret."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from gonogo.kernel.vault import PREFIX, SealBroken, Vault
from gonogo.settings.definition import Definition
from gonogo.settings.errors import BadValue
from gonogo.settings.validation import MASK, check_value


class Codec:
    """Encodes and decodes the values of one catalog. Safe to use from any thread."""

    def __init__(self, definitions: Mapping[str, Definition], vault: Vault) -> None:
        self._definitions = definitions
        self._vault = vault

    def encode(self, key: str, value: Any) -> str:
        """The stored text of a value that fits. Raises ``BadValue``."""
        definition = self._definitions[key]
        text = msgspec.json.encode(check_value(definition, value)).decode()
        return encode_text(self._vault.seal(key, text)) if definition.secret else text

    def decode(self, key: str, text: str) -> Any:
        """The value of a text that ``encode`` made. Raises ``SealBroken``."""
        value = msgspec.json.decode(text)
        if not self._definitions[key].secret:
            return value
        if not isinstance(value, str):
            raise SealBroken(f"'{key}' is secret and its stored value is not encrypted. Set it anew.")
        return msgspec.json.decode(self._vault.unseal(key, value))

    def read_foreign(self, key: str, text: str) -> str:
        """The stored text of what another program wrote. Raises ``BadValue`` or ``SealBroken``."""
        definition = self._definitions[key]
        try:
            value = msgspec.json.decode(text)
        except (msgspec.DecodeError, RecursionError) as error:
            raise _refuse_text(definition) from error
        if definition.secret and isinstance(value, str) and value.startswith(PREFIX):
            check_value(definition, msgspec.json.decode(self._vault.unseal(key, value)))
            return text
        return self.encode(key, value)

    def tell(self, key: str, text: str | None) -> Any:
        """The value as anybody may see it: a secret is masked, None is None."""
        if text is None:
            return None
        definition = self._definitions.get(key)
        if definition is None or definition.secret:
            return MASK
        return msgspec.json.decode(text)

    def is_same(self, key: str, before: str | None, after: str | None) -> bool:
        """Whether two stored texts mean the same value."""
        if before is None or after is None or before == after:
            return before == after
        if not self._definitions[key].secret:
            return False
        try:
            return bool(self.decode(key, before) == self.decode(key, after))
        except SealBroken:
            return False


def encode_text(value: Any) -> str:
    """Any JSON value as text."""
    return msgspec.json.encode(value).decode()


def _refuse_text(definition: Definition) -> BadValue:
    told = "holds text that is not JSON. Texts need their quotes: '\"like this\"'."
    return BadValue(definition.key, "json", told, setting_type=definition.type, value_type="text")
