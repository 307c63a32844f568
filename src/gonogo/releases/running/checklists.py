"""Changes to the checklists that are kept, and the approval of their plans."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from gonogo.kernel.auth.actor import Actor
from gonogo.kernel.auth.authorise import authorise
from gonogo.kernel.clock import format_instant
from gonogo.kernel.db.database import Tx
from gonogo.kernel.errors import BadInput
from gonogo.kernel.ids import new_id
from gonogo.kernel.kernel import Kernel
from gonogo.releases import store
from gonogo.releases.errors import ChecklistNotFound, PlanChanged
from gonogo.releases.plan import Plan
from gonogo.releases.running.intake import find_path, hash_bytes, read_file, read_plan
from gonogo.releases.schemas import Checklist, ChecklistRequest


async def save_checklist(kernel: Kernel, actor: Actor, request: ChecklistRequest) -> Checklist:
    """Keep a checklist. Saving a path again takes the file as it is now; what was approved stays as it was."""
    authorise(actor, "operator")
    path, data = _read_request(request)
    name = request.name or read_plan(kernel, data, path or "").source.title or Path(path or "checklist").name
    text = {"name": name[:200], "markdown": data.decode("utf-8", "replace"), "sha256": hash_bytes(data)}

    def change(tx: Tx) -> Checklist:
        now = format_instant(tx.clock.now())
        kept = store.find_checklist(tx, path=path) if path is not None else None
        if kept is not None:
            store.update_checklist(tx, kept.id, {"updated_at": now, **text})
            return _tell(tx, "checklist.saved", kept.id, actor)
        fresh = new_id()
        store.insert_checklist(tx, {"id": fresh, "path": path, "created_at": now, "updated_at": now, **text})
        return _tell(tx, "checklist.saved", fresh, actor)

    return await kernel.db.write(change)


async def approve_plan(kernel: Kernel, actor: Actor, checklist: str, sha256: str) -> Checklist:
    """Pin the plan of this very file. Raises PlanChanged when the file is another by now."""
    authorise(actor, "operator")
    data = await read_bytes(kernel, checklist)
    current = hash_bytes(data)
    if current != sha256:
        raise PlanChanged(
            "The file has changed since its plan was shown. Look at the plan again.", field="sha256", current=current
        )
    text = {"markdown": data.decode("utf-8", "replace"), "sha256": current}

    def change(tx: Tx) -> Checklist:
        now = format_instant(tx.clock.now())
        approval = {"approved_sha256": current, "approved_by": actor.name, "approved_at": now}
        store.update_checklist(tx, checklist, {**text, **approval, "updated_at": now})
        return _tell(tx, "checklist.approved", checklist, actor)

    return await kernel.db.write(change)


async def read_checklist_plan(kernel: Kernel, checklist: str) -> Plan:
    """The plan of a kept checklist, from its file as it is now."""
    kept = await kernel.db.read(lambda tx: _get(tx, checklist))
    return read_plan(kernel, await read_bytes(kernel, checklist), kept.path or kept.name)


async def read_bytes(kernel: Kernel, checklist: str) -> bytes:
    """A kept checklist's file as it is now, or its text. Raises ChecklistNotFound."""
    kept = await kernel.db.read(lambda tx: _get(tx, checklist))
    if kept.path is not None:
        return read_file(kept.path)
    markdown = await kernel.db.read(lambda tx: store.find_markdown(tx, checklist))
    return (markdown or "").encode()


async def get_checklist(kernel: Kernel, checklist: str) -> Checklist:
    """Raises ChecklistNotFound."""
    return await kernel.db.read(lambda tx: _get(tx, checklist))


def _get(tx: Tx, checklist: str) -> Checklist:
    kept = store.find_checklist(tx, id=checklist)
    if kept is None:
        raise ChecklistNotFound(f"There is no checklist with the id {checklist}.", field="id")
    return kept


def _read_request(request: ChecklistRequest) -> tuple[str | None, bytes]:
    if (request.path is None) == (request.markdown is None):
        raise BadInput("Give either 'path' or 'markdown' with 'name'.", field="path")
    if request.path is not None:
        path = find_path(request.path)
        return path, read_file(path)
    if not request.name:
        raise BadInput("A checklist given as text needs a 'name'.", field="name")
    return None, (request.markdown or "").encode()


def _tell(tx: Tx, event: str, checklist: str, actor: Actor) -> Checklist:
    kept = _get(tx, checklist)
    told: dict[str, Any] = {"name": kept.name, "path": kept.path, "sha256": kept.sha256}
    tx.emit(event, checklist, told, actor)
    return kept
