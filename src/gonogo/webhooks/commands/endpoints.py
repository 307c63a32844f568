"""Saying who is told of what."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import msgspec

from gonogo.kernel.auth.actor import Actor, Role
from gonogo.kernel.auth.authorise import authorise
from gonogo.kernel.clock import format_instant
from gonogo.kernel.db.database import Tx
from gonogo.kernel.ids import new_id
from gonogo.kernel.kernel import Kernel
from gonogo.webhooks.desk import Desk
from gonogo.webhooks.endpoint_rules import check_headers, check_url, read_secret
from gonogo.webhooks.errors import EndpointNotFound
from gonogo.webhooks.schemas import Endpoint, EndpointChange, NewEndpoint, Rotation
from gonogo.webhooks.sealing import seal_headers, seal_keys, unseal_keys
from gonogo.webhooks.signatures import make_key, tell_key
from gonogo.webhooks.store.deliveries import cancel_pending
from gonogo.webhooks.store.endpoints import Sealed, find_endpoint, find_sealed, insert_endpoint, update_endpoint

ROLE: Role = "operator"
"""Who may change endpoints. Where webhooks may go at all, ``webhooks_allow`` says."""


async def add_endpoint(kernel: Kernel, actor: Actor, new: NewEndpoint) -> tuple[Endpoint, str]:
    """Tell somebody from now on. The second value verifies signatures, and is told this once.

    Raises ``Forbidden`` or ``BadAddress``.
    """
    authorise(actor, ROLE)
    desk = kernel.get_part(Desk)
    check_url(desk.guard, new.url)
    check_headers(new.headers)
    key = read_secret(new.secret, new.signature) if new.secret else make_key(new.signature)
    endpoint = _make_endpoint(new, key.scheme, format_instant(kernel.clock.now()), actor)
    sealed = Sealed(
        seal_keys(desk.vault, endpoint.id, [key]),
        seal_headers(desk.vault, endpoint.id, new.headers),
    )

    def add(tx: Tx) -> None:
        insert_endpoint(tx, endpoint, sealed)
        tx.emit("webhook.endpoint_added", endpoint.id, {"name": new.url, "events": new.events}, actor)

    await kernel.db.write(add)
    return endpoint, tell_key(key)


async def change_endpoint(kernel: Kernel, actor: Actor, id: str, change: EndpointChange) -> Endpoint:
    """Change what is given. Enabling forgets past failures. Raises ``Forbidden``, ``EndpointNotFound``, …"""
    authorise(actor, ROLE)
    desk = kernel.get_part(Desk)
    values: dict[str, Any] = {
        name: value for name, value in msgspec.structs.asdict(change).items() if value is not msgspec.UNSET
    }
    if "url" in values:
        check_url(desk.guard, values["url"])
    if "headers" in values:
        check_headers(values["headers"])
        values["header_names"] = list(values["headers"])
        values["headers"] = seal_headers(desk.vault, id, values["headers"])

    def apply(tx: Tx) -> Endpoint:
        before = get_endpoint(tx, id)
        update_endpoint(tx, id, **values, **_settle_state(values.get("state"), actor))
        if values.get("state", before.state) != before.state:
            event = "webhook.endpoint_enabled" if values["state"] == "active" else "webhook.endpoint_disabled"
            tx.emit(event, id, {"name": before.url}, actor)
        if changed := [name for name in values if name not in ("state", "header_names")]:
            tx.emit("webhook.endpoint_changed", id, {"name": values.get("url", before.url), "changed": changed}, actor)
        return get_endpoint(tx, id)

    return await kernel.db.write(apply)


async def remove_endpoint(kernel: Kernel, actor: Actor, id: str) -> int:
    """Tell it nothing any more; gives how many deliveries were given up. What was sent stays in the log."""
    authorise(actor, ROLE)

    def remove(tx: Tx) -> int:
        endpoint = get_endpoint(tx, id)
        update_endpoint(tx, id, state="removed", reason="", keys="", headers="", header_names=[])
        cancelled = cancel_pending(tx, id)
        tx.emit("webhook.endpoint_removed", id, {"name": endpoint.url, "cancelled": cancelled}, actor)
        return cancelled

    return await kernel.db.write(remove)


async def rotate_secret(kernel: Kernel, actor: Actor, id: str, rotation: Rotation) -> tuple[Endpoint, str]:
    """Give an endpoint a new key; until the overlap is over, deliveries are signed with the old one too."""
    authorise(actor, ROLE)
    desk = kernel.get_part(Desk)

    def rotate(tx: Tx) -> tuple[Endpoint, str]:
        endpoint, sealed = get_endpoint(tx, id), find_sealed(tx, id)
        assert sealed is not None
        now = tx.clock.now()
        key = make_key(rotation.signature or endpoint.signature)
        until = format_instant(now + timedelta(hours=rotation.overlap_hours))
        old = [one for one in unseal_keys(desk.vault, id, sealed.keys) if one.until is None]
        keys = [key, *(msgspec.structs.replace(one, until=until) for one in old)]
        update_endpoint(tx, id, keys=seal_keys(desk.vault, id, keys), signature=key.scheme)
        tx.emit("webhook.secret_rotated", id, {"name": endpoint.url, "old_until": until}, actor)
        return get_endpoint(tx, id), tell_key(key)

    return await kernel.db.write(rotate)


async def read_key(kernel: Kernel, actor: Actor, id: str) -> str:
    """The public key of an endpoint that is signed for with ed25519; a shared secret is never told again."""
    authorise(actor, "viewer")
    desk = kernel.get_part(Desk)

    def read(tx: Tx) -> str:
        endpoint, sealed = get_endpoint(tx, id), find_sealed(tx, id)
        assert sealed is not None
        return tell_key(unseal_keys(desk.vault, id, sealed.keys)[0]) if endpoint.signature == "v1a" else ""

    return await kernel.db.read(read)


def get_endpoint(tx: Tx, id: str) -> Endpoint:
    """One endpoint. Raises ``EndpointNotFound``."""
    endpoint = find_endpoint(tx, id)
    if endpoint is None:
        raise EndpointNotFound(f"There is no endpoint '{id}'. `gonogo webhooks endpoints` lists them.", field="id")
    return endpoint


def _make_endpoint(new: NewEndpoint, scheme: Any, at: str, actor: Actor) -> Endpoint:
    return Endpoint(
        id=new_id(),
        url=new.url,
        description=new.description,
        events=new.events,
        header_names=list(new.headers),
        signature=scheme,
        rate_limit=new.rate_limit,
        ordered=new.ordered,
        state="active",
        reason="",
        failing_since=None,
        last_failed_at=None,
        warned=0,
        version=1,
        created_at=at,
        created_by=actor.name,
        updated_at=at,
    )


def _settle_state(state: str | None, actor: Actor) -> dict[str, Any]:
    if state == "active":
        return {"reason": "", "failing_since": None, "last_failed_at": None, "warned": 0}
    return {"reason": f"{actor.name} disabled it."} if state == "disabled" else {}
