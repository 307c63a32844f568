"""Declaring a catalog: idempotent, adds what is new, keeps what people changed, reports what is no longer declared."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from gonogo.kernel.auth.actor import Actor
from gonogo.kernel.auth.authorise import authorise
from gonogo.kernel.db.database import Tx
from gonogo.kernel.vault import SealBroken, Vault
from gonogo.settings.catalog import Catalog, Preset
from gonogo.settings.changes import Commit, Wanted
from gonogo.settings.codec import Codec
from gonogo.settings.definition import Definition
from gonogo.settings.desk import Desk
from gonogo.settings.errors import BadCatalog, BadValue
from gonogo.settings.models import DEFAULT
from gonogo.settings.store.declaring import list_declared, remove_definitions, save_definitions, save_presets
from gonogo.settings.store.reading import load_definitions
from gonogo.settings.store.recording import Current, read_current, record_changes
from gonogo.settings.validation import check_value
from gonogo.settings.views import is_equal


class Declared(msgspec.Struct, frozen=True, kw_only=True):
    """What a declaration did. ``missing`` were declared by this source before and no longer are."""

    added: list[str]
    updated: list[str]
    kept: int
    missing: list[str]
    removed: list[str]
    presets: list[str]
    warnings: list[str]


async def declare_catalog(desk: Desk, actor: Actor, catalog: Catalog, *, source: str, prune: bool = False) -> Declared:
    """Declare settings and presets; ``source`` names the catalog, so that several can live side by side.

    ``prune`` removes what this source no longer declares. Raises ``BadCatalog``.
    """
    authorise(actor, "admin")
    _check_presets(catalog, desk.live.definitions)
    vault = desk.live.vault

    def change(tx: Tx) -> tuple[Declared, Commit | None]:
        return _Declaration(tx, vault, catalog, source).run(actor, prune=prune)

    async def take(result: tuple[Declared, Commit | None]) -> None:
        done = result[0]
        if done.added or done.updated or done.removed:
            await desk.reload()

    declared, _ = await desk.finish(change, take)
    return declared


def _check_presets(catalog: Catalog, known: Mapping[str, Definition]) -> None:
    definitions = {**known, **{one.key: one for one in catalog.settings}}
    for preset in catalog.presets:
        for key in preset.values:
            if key in definitions and definitions[key].secret:
                raise BadCatalog(
                    f"The preset '{preset.name}' holds the secret '{key}'; presets are not secret.", field=key
                )


class _Declaration:
    def __init__(self, tx: Tx, vault: Vault, catalog: Catalog, source: str) -> None:
        self._tx = tx
        self._catalog = catalog
        self._source = source
        self._known = load_definitions(tx)
        self._wanted = {one.key: one for one in catalog.settings}
        self._before = Codec(self._known, vault)
        self._after = Codec(self._known | self._wanted, vault)
        self._warnings: list[str] = []

    def run(self, actor: Actor, *, prune: bool) -> tuple[Declared, Commit | None]:
        missing = [key for key in list_declared(self._tx, self._source) if key not in self._wanted]
        changed = [one for one in self._catalog.settings if self._known.get(one.key) != one]
        current = read_current(self._tx, DEFAULT, self._wanted)
        added = [key for key in self._wanted if key not in current]
        texts = {one.key: self._choose_text(one, current.get(one.key)) for one in changed}
        texts |= {key: self._encode_default(self._wanted[key]) for key in added}
        wanted = Wanted(
            texts=texts, action="declare", event="setting.declared", environment=DEFAULT, subject=self._source
        )
        commit = record_changes(self._tx, self._after, wanted, actor)
        save_definitions(self._tx, self._source, changed)
        names = save_presets(self._tx, self._catalog.presets, actor.name)
        if prune:
            remove_definitions(self._tx, missing)
        fresh = frozenset(added)
        declared = Declared(
            added=added,
            updated=[one.key for one in changed if one.key not in fresh],
            kept=len(self._wanted) - len(changed),
            missing=[] if prune else missing,
            removed=missing if prune else [],
            presets=names,
            warnings=[*self._warnings, *self._judge_presets()],
        )
        if commit is None and (changed or names or declared.removed):
            told = {"updated": declared.updated, "presets": names, "removed": declared.removed}
            self._tx.emit("setting.declared", self._source, told, actor)
        return declared, commit

    def _choose_text(self, definition: Definition, row: Current | None) -> str:
        known = self._known.get(definition.key)
        if row is None or row.effective is None or known is None:
            return self._adopt_row(definition, row)
        try:
            value = self._before.decode(definition.key, row.effective)
        except SealBroken as error:
            self._warnings.append(f"{error}; its default is in use")
            return self._encode_default(definition)
        if is_equal(value, known.default):
            return self._encode_default(definition)
        try:
            return self._after.encode(definition.key, value)
        except BadValue as error:
            self._warnings.append(f"{error.detail} Its default is in use; the history keeps the old value.")
            return self._encode_default(definition)

    def _adopt_row(self, definition: Definition, row: Current | None) -> str:
        if row is None:
            return self._encode_default(definition)
        try:
            return self._after.read_foreign(definition.key, row.text)
        except (BadValue, SealBroken) as error:
            self._warnings.append(f"{error} Its default is in use.")
            return self._encode_default(definition)

    def _encode_default(self, definition: Definition) -> str:
        return self._after.encode(definition.key, definition.default)

    def _judge_presets(self) -> list[str]:
        definitions = self._known | self._wanted
        return [told for preset in self._catalog.presets for told in judge_preset(preset, definitions)]


def judge_preset(preset: Preset, definitions: Mapping[str, Definition]) -> list[str]:
    """Members that would stop the preset from being applied, each in a sentence."""
    found = []
    for key, value in preset.values.items():
        if key not in definitions:
            found.append(f"The preset '{preset.name}' names '{key}', which is no setting.")
            continue
        try:
            check_value(definitions[key], value)
        except BadValue as error:
            found.append(f"The preset '{preset.name}': {error.detail}")
    return found
