"""API keys and the service accounts that own them, for administrators."""

from __future__ import annotations

from typing import Any

from litestar import Controller, Request, delete, get, patch, post

from gonogo.kernel.auth import key_store, keys, service_accounts
from gonogo.kernel.auth.actor import Actor
from gonogo.kernel.auth.authorise import authorise
from gonogo.kernel.auth.schemas import NewKey, NewServiceAccount, ServiceAccountChange
from gonogo.kernel.auth.scopes import declare_scope
from gonogo.kernel.http.envelope import success
from gonogo.kernel.kernel import Kernel

Asking = Request[Actor, Any, Any]


class KeysController(Controller):
    """API keys of programs."""

    path = "/api/keys"
    opt = declare_scope("admin")
    tags = ("keys",)

    @get("/")
    async def list_keys(self, request: Asking, kernel: Kernel) -> dict[str, Any]:
        """All keys with owner, scopes and last use, newest first; never their tokens."""
        authorise(request.user, "admin")
        return success(await kernel.db.read(key_store.list_keys))

    @post("/", opt={"secret_answer": True})
    async def create_key(self, data: NewKey, request: Asking, kernel: Kernel) -> dict[str, Any]:
        """Create a key; its ``token`` is in the answer, this once."""
        key, token = await keys.create_key(kernel.db, request.user, data)
        return success(key, token=token)

    @delete("/{id:str}", status_code=200)
    async def revoke_key(self, id: str, request: Asking, kernel: Kernel) -> dict[str, Any]:
        """Make a key useless from now on."""
        await keys.revoke_key(kernel.db, request.user, id)
        return success({"id": id})


class ServiceAccountsController(Controller):
    """Who owns the keys of programs and hosts."""

    path = "/api/service-accounts"
    opt = declare_scope("admin")
    tags = ("keys",)

    @get("/")
    async def list_service_accounts(self, request: Asking, kernel: Kernel) -> dict[str, Any]:
        """All service accounts by name."""
        authorise(request.user, "admin")
        return success(await kernel.db.read(key_store.list_service_accounts))

    @post("/")
    async def create_service_account(self, data: NewServiceAccount, request: Asking, kernel: Kernel) -> dict[str, Any]:
        """Create a service account."""
        return success(await service_accounts.create_service_account(kernel.db, request.user, data))

    @patch("/{name:str}")
    async def change_service_account(
        self, name: str, data: ServiceAccountChange, request: Asking, kernel: Kernel
    ) -> dict[str, Any]:
        """Disable a service account by name or id, which ends its keys, or enable it again."""
        changed = await service_accounts.change_service_account(kernel.db, request.user, name, disabled=data.disabled)
        return success(changed)
