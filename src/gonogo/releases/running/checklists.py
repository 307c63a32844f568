"""Changes to the checklists that are kept, and the approval of their plans."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import Any

from gonogo.kernel.auth.actor import Actor
from gonogo.kernel.auth.authorise import authorise, authorise_command_text
from gonogo.kernel.clock import format_instant
from gonogo.kernel.db.database import Tx
from gonogo.kernel.errors import BadInput
from gonogo.kernel.ids import new_id
from gonogo.kernel.kernel import Kernel
from gonogo.releases import store
from gonogo.releases.errors import ChecklistNotFound, PlanChanged
from gonogo.releases.plan import Plan
from gonogo.releases.running.intake import UNSAVED, Document, find_path, make_text, read_document, read_kept, read_plan
from gonogo.releases.schemas import Checklist, ChecklistRequest


async def save_checklist(kernel: Kernel, actor: Actor, request: ChecklistRequest) -> Checklist:
    """Keep a checklist. Saving a path again takes the file as it is now; what was approved stays as it was.

    A path that is new here needs the permission to run commands: otherwise an uploaded file would be a shell.
    """
    authorise(actor, "operator")
    typed = request.markdown is not None
    permission = authorise_command_text(actor, "A checklist given as text") if typed else None
    path, document = await _read_request(request)
    if not typed and await kernel.db.read(lambda tx: store.find_checklist(tx, path=path)) is None:
        permission = authorise_command_text(actor, UNSAVED)
    name = request.name or (await read_plan(kernel, document)).source.title or Path(path or "checklist").name
    text = {"name": name[:200], **_write_columns(document)}

    def change(tx: Tx) -> Checklist:
        now = format_instant(tx.clock.now())
        kept = store.find_checklist(tx, path=path) if path is not None else None
        if kept is not None:
            store.update_checklist(tx, kept.id, {"updated_at": now, **text})
            return _emit(tx, "checklist.saved", kept.id, actor, permission)
        fresh = new_id()
        store.insert_checklist(tx, {"id": fresh, "path": path, "created_at": now, "updated_at": now, **text})
        return _emit(tx, "checklist.saved", fresh, actor, permission)

    return await kernel.db.write(change)


async def approve_plan(kernel: Kernel, actor: Actor, checklist: str, sha256: str) -> Checklist:
    """Pin the plan of this very document with these answers; it takes an approver.

    Raises PlanChanged when one of the two is another by now.
    """
    authorise(actor, "approver")
    document = await read_kept(kernel, await get_checklist(kernel, checklist))
    current = document.sha256
    if current != sha256:
        raise PlanChanged(
            "The checklist or its answers changed since the plan was shown. Look at the plan again.",
            field="sha256",
            current=current,
        )

    def change(tx: Tx) -> Checklist:
        now = format_instant(tx.clock.now())
        approval = {"approved_sha256": current, "approved_by": actor.name, "approved_at": now}
        store.update_checklist(tx, checklist, {**_write_columns(document), **approval, "updated_at": now})
        return _emit(tx, "checklist.approved", checklist, actor)

    return await kernel.db.write(change)


async def read_checklist_plan(kernel: Kernel, checklist: str, variables: Collection[str] = ()) -> tuple[Document, Plan]:
    """A kept checklist as it is now, and its plan; ``variables`` are the names that a run will be given."""
    document = await read_kept(kernel, await get_checklist(kernel, checklist))
    return document, await read_plan(kernel, document, variables=variables)


async def get_checklist(kernel: Kernel, checklist: str) -> Checklist:
    """Raises ChecklistNotFound."""
    return await kernel.db.read(lambda tx: _get(tx, checklist))


def _get(tx: Tx, checklist: str) -> Checklist:
    kept = store.find_checklist(tx, id=checklist)
    if kept is None:
        raise ChecklistNotFound(f"There is no checklist with the id {checklist}.", field="id")
    return kept


async def _read_request(request: ChecklistRequest) -> tuple[str | None, Document]:
    if (request.path is None) == (request.markdown is None):
        raise BadInput("Give either 'path' or 'markdown' with 'name'.", field="path")
    if request.path is not None:
        path = find_path(request.path)
        return path, await read_document(path)
    if not request.name:
        raise BadInput("A checklist given as text needs a 'name'.", field="name")
    return None, make_text(request.markdown or "", request.adoption, request.name)


def _write_columns(document: Document) -> dict[str, Any]:
    adoption = document.adoption
    return {
        "markdown": document.text.decode("utf-8", "replace"),
        "adoption": adoption.decode("utf-8", "replace") if adoption is not None else None,
        "sha256": document.sha256,
    }


def _emit(tx: Tx, event: str, checklist: str, actor: Actor, permission: str | None = None) -> Checklist:
    kept = _get(tx, checklist)
    facts: dict[str, Any] = {"name": kept.name, "path": kept.path, "sha256": kept.sha256}
    facts |= {"permission": permission} if permission else {}
    tx.emit(event, checklist, facts, actor)
    return kept
