"""Keys: which programs hold one, with which scopes and until when, and the service accounts that own them."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from litestar import Controller, Request, Response, get, post
from litestar.enums import RequestEncodingType
from litestar.params import Body
from litestar.response import Redirect, Template

from gonogo.kernel.auth import key_store, keys, service_accounts
from gonogo.kernel.auth.actor import Actor
from gonogo.kernel.auth.authorise import authorise
from gonogo.kernel.auth.bounds import Bound
from gonogo.kernel.auth.schemas import DEFAULT_DAYS, NewKey, NewServiceAccount
from gonogo.kernel.auth.scopes import SCOPES, declare_scope
from gonogo.kernel.errors import BadInput, Problem
from gonogo.kernel.http.pages import page_context
from gonogo.kernel.kernel import Kernel

Form = Annotated[dict[str, str | list[str]], Body(media_type=RequestEncodingType.URL_ENCODED)]
PageRequest = Request[Actor, Any, Any]


class KeysController(Controller):
    """``/keys`` for administrators."""

    path = "/keys"
    opt = declare_scope("admin")
    include_in_schema = False

    @get("/")
    async def show_keys(self, request: PageRequest, kernel: Kernel) -> Template:
        """All keys and service accounts."""
        authorise(request.user, "admin")
        return await _show(request, kernel)

    @post("/create")
    async def create_key(self, data: Form, request: PageRequest, kernel: Kernel) -> Response[Any]:
        """Create a key; its token is on the answered page, this once."""
        try:
            key, token = await keys.create_key(kernel.db, request.user, _read_key(data))
        except Problem as problem:
            return await _show(request, kernel, problem=problem)
        return await _show(request, kernel, secret=(f"Key {key.name}", token))

    @post("/{id:str}/revoke")
    async def revoke_key(self, id: str, request: PageRequest, kernel: Kernel) -> Response[Any]:
        """Make a key useless from now on."""
        await keys.revoke_key(kernel.db, request.user, id)
        return Redirect("/keys", status_code=303)

    @post("/service-accounts")
    async def create_service_account(self, data: Form, request: PageRequest, kernel: Kernel) -> Response[Any]:
        """Create a service account."""
        try:
            new = NewServiceAccount(_read(data, "name"), _read(data, "description"))
            await service_accounts.create_service_account(kernel.db, request.user, new)
        except Problem as problem:
            return await _show(request, kernel, problem=problem)
        return Redirect("/keys", status_code=303)

    @post("/service-accounts/{id:str}")
    async def change_service_account(self, id: str, data: Form, request: PageRequest, kernel: Kernel) -> Response[Any]:
        """Disable a service account, which ends its keys, or enable it again."""
        disabled = _read(data, "do") == "disable"
        await service_accounts.change_service_account(kernel.db, request.user, id, disabled=disabled)
        return Redirect("/keys", status_code=303)


async def _show(
    request: PageRequest, kernel: Kernel, *, problem: Problem | None = None, secret: tuple[str, str] | None = None
) -> Template:
    context = page_context(
        request,
        keys=await kernel.db.read(key_store.list_keys),
        accounts=await kernel.db.read(key_store.list_service_accounts),
        scopes=SCOPES,
        default_days=DEFAULT_DAYS,
        problem=problem,
        secret=secret,
    )
    return Template("web/keys.html", context=context, status_code=problem.status if problem else 200)


def _read_key(data: dict[str, str | list[str]]) -> NewKey:
    bound = Bound(
        host=_read(data, "host"),
        prefix=_read(data, "prefix"),
        types=_read_names(data, "types"),
        connectors=_read_names(data, "connectors"),
    )
    return NewKey(
        _read(data, "name"),
        scopes=_read_all(data, "scopes"),
        bound=bound,
        service_account=_read(data, "service_account") or None,
        expires_days=_read_days(_read(data, "expires_days")),
    )


def _read_days(text: str) -> int | Literal["never"]:
    if text.lower() == "never":
        return "never"
    if text and not text.isdecimal():
        raise BadInput("'expires_days' must be a number of days, or never.", field="expires_days")
    return int(text) if text else DEFAULT_DAYS


def _read_all(data: dict[str, str | list[str]], name: str) -> tuple[str, ...]:
    value = data.get(name, [])
    return tuple([value] if isinstance(value, str) else value)


def _read_names(data: dict[str, str | list[str]], name: str) -> tuple[str, ...]:
    return tuple(_read(data, name).replace(",", " ").split())


def _read(data: dict[str, str | list[str]], name: str) -> str:
    value = data.get(name, "")
    return (value if isinstance(value, str) else value[-1]).strip()
