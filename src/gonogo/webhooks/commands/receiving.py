"""Taking a hook in: verified, kept once, told as an event, handed on as a job, in one transaction."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import msgspec

from gonogo.kernel.auth.actor import Actor
from gonogo.kernel.db.database import Tx
from gonogo.kernel.durable import JobAsked, ask_job
from gonogo.kernel.kernel import Kernel
from gonogo.kernel.vault import SealBroken
from gonogo.webhooks.desk import Desk
from gonogo.webhooks.errors import HookNotFound, SignatureMismatch, SourceNotFound
from gonogo.webhooks.inbound.request import HookRequest, Verified
from gonogo.webhooks.inbound.verify import verify_hook
from gonogo.webhooks.schemas import Hook, HookRecord
from gonogo.webhooks.sealing import unseal_secret
from gonogo.webhooks.store.sources import StoredSource, find_hook, find_source, insert_hook

MOST_IN_JOB = 200 * 1024
"""Bytes of a body that go into its job; a longer one is read where it is kept."""
_NOT_KEPT = frozenset({"authorization", "cookie", "proxy-authorization"})


class Receipt(msgspec.Struct, frozen=True):
    """What the sender is told. ``hook`` is None for a duplicate; ``answer`` is what a sender's own question gets."""

    hook: Hook | None
    answer: str | None = None


async def receive_hook(kernel: Kernel, name: str, headers: Mapping[str, str], body: bytes) -> Receipt:
    """Take in what somebody sent to ``/hooks/{name}``. Raises ``SourceNotFound`` or ``SignatureMismatch``."""
    stored = await kernel.db.read(partial(find_source, name=name))
    if stored is None:
        raise SourceNotFound(f"Nothing is taken in at /hooks/{name}.")
    desk = kernel.get_part(Desk)
    try:
        verified = _verify(desk, stored, HookRequest(headers, body, kernel.clock.now()))
    except SignatureMismatch:
        desk.measures.note_hook(name, "rejected")
        raise
    if verified.answer is not None:
        return Receipt(None, verified.answer)
    keep = partial(_keep, kernel=kernel, stored=stored, verified=verified, headers=headers, body=body)
    hook = await kernel.db.write(keep)
    desk.measures.note_hook(name, "duplicate" if hook is None else "received")
    return Receipt(hook)


def get_hook(tx: Tx, id: str) -> HookRecord:
    """One hook as it came in. Raises ``HookNotFound``."""
    record = find_hook(tx, id)
    if record is None:
        raise HookNotFound(f"No hook '{id}' came in. `gonogo webhooks received` lists them.", field="id")
    return record


def _verify(desk: Desk, stored: StoredSource, request: HookRequest) -> Verified:
    source = stored.source
    try:
        secret = unseal_secret(desk.vault, source.name, stored.secret)
    except SealBroken as error:
        raise SignatureMismatch("The source's secret can't be read here; an administrator sets it anew.") from error
    return verify_hook(source.kind, request, secret, source.options)


def _keep(
    tx: Tx, kernel: Kernel, stored: StoredSource, verified: Verified, headers: Mapping[str, str], body: bytes
) -> Hook | None:
    source = stored.source
    kept = {name: value for name, value in headers.items() if name not in _NOT_KEPT}
    hook = insert_hook(tx, source.name, verified, kept, body)
    if hook is None:
        return None
    told = {"id": hook.id, "external_id": hook.external_id, "type": hook.type, "size": hook.size}
    tx.emit("hook.received", source.name, told, Actor(f"hook:{source.name}", source.name, "system", "viewer"))
    if source.job:
        text = body.decode("utf-8", errors="replace") if len(body) <= MOST_IN_JOB else None
        asked = JobAsked(type=source.job, payload={**told, "source": source.name, "body": text})
        kernel.tasks.accept(tx, [ask_job(asked, f"hook {hook.id}")])
    return hook
