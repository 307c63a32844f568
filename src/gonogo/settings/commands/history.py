"""Going back: undo one change, or restore everything to a moment."""

from __future__ import annotations

from gonogo.kernel.auth.actor import Actor
from gonogo.kernel.clock import format_instant
from gonogo.kernel.errors import BadInput
from gonogo.kernel.vault import SealBroken
from gonogo.settings.changes import Commit, Wanted
from gonogo.settings.desk import Desk, authorise_all
from gonogo.settings.diff import Difference, compare_texts
from gonogo.settings.errors import BadValue, BadValues, ChangeNotFound, NothingToUndo
from gonogo.settings.models import DEFAULT
from gonogo.settings.store.reading import HistoryEntry, find_change, list_first_after, list_history


async def undo_change(
    desk: Desk, actor: Actor, key: str, id: int | None = None, *, environment: str = DEFAULT, why: str = ""
) -> Commit | None:
    """Give the setting the value from before its newest change, or before the change ``id``.

    Raises ``NothingToUndo``, ``ChangeNotFound``, or ``BadValue`` when the old value no longer fits.
    """
    authorise_all(actor, [desk.get_definition(key)])
    entry = await _find_entry(desk, key, id, environment)
    texts = {key: _recheck(desk, key, entry.before)}
    return await desk.commit(
        Wanted(
            texts=texts,
            action="undo",
            event="setting.undone",
            environment=environment,
            why=why or f"undo of change {entry.id}",
        ),
        actor,
    )


async def preview_restore(
    desk: Desk, *, at: str | None, version: int | None, environment: str = DEFAULT
) -> list[Difference]:
    """What ``restore_moment`` would change."""
    return compare_texts(desk.live, await _read_moment(desk, at, version, environment), environment)


async def restore_moment(
    desk: Desk, actor: Actor, *, at: str | None, version: int | None, environment: str = DEFAULT, why: str = ""
) -> Commit | None:
    """Bring every setting back to what it was at an instant or a version; settings declared since stay."""
    texts = await _read_moment(desk, at, version, environment)
    authorise_all(actor, [desk.get_definition(key) for key in texts])
    problems = []
    for key, text in texts.items():
        try:
            texts[key] = _recheck(desk, key, text)
        except BadValue as error:
            problems.append({"detail": error.detail, **error.extra})
    if problems:
        told = " ".join(problem["detail"] for problem in problems[:5])
        raise BadValues(f"Old values no longer fit: {told}", field=problems[0]["key"], problems=problems)
    moment = at if at is not None else f"version {version}"
    return await desk.commit(
        Wanted(
            texts=texts,
            action="restore",
            event="setting.restored",
            environment=environment,
            subject="settings",
            why=why or f"back to {moment}",
        ),
        actor,
    )


async def _find_entry(desk: Desk, key: str, id: int | None, environment: str) -> HistoryEntry:
    if id is None:
        newest = await desk.kernel.db.read(lambda tx: list_history(tx, key=key, environment=environment, limit=1))
        entry = newest[0] if newest else None
    else:
        entry = await desk.kernel.db.read(lambda tx: find_change(tx, id))
        if entry is None or entry.key != key or entry.environment != environment:
            raise ChangeNotFound(f"'{key}' has no change {id}; the history of the setting lists them.", field="id")
    if entry is None or (entry.before is None and environment == DEFAULT):
        raise NothingToUndo(f"'{key}' has not been changed since it was declared.", key=key)
    return entry


async def _read_moment(desk: Desk, at: str | None, version: int | None, environment: str) -> dict[str, str | None]:
    if (at is None) == (version is None):
        raise BadInput("Give either 'at' (an instant) or 'version' (of the store).", field="at")
    desk.live.check_environment(environment)
    _check_past(desk, at, version)
    entries = await desk.kernel.db.read(lambda tx: list_first_after(tx, environment, at=at, version=version))
    known = [entry for entry in entries if entry.key in desk.live.definitions]
    return {entry.key: entry.before for entry in known if entry.before is not None or environment != DEFAULT}


def _check_past(desk: Desk, at: str | None, version: int | None) -> None:
    now = format_instant(desk.kernel.clock.now())
    if version is not None and version > desk.live.version:
        raise BadInput(f"The store is at version {desk.live.version}; there is no version {version}.", field="version")
    if at is not None and at > now:
        raise BadInput(f"'{at}' is yet to come: it is {now} now.", field="at")


def _recheck(desk: Desk, key: str, text: str | None) -> str | None:
    if text is None:
        return None
    try:
        return desk.live.codec.encode(key, desk.live.codec.decode(key, text))
    except SealBroken as error:
        told = "has an old value that was encrypted with another key."
        raise BadValue(key, "seal", told, setting_type="string", value_type="secret") from error
