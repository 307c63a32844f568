"""One's own account: sessions and two-factor sign-in; administrators see and end sessions of others too."""

from __future__ import annotations

from typing import Any

from litestar import Controller, Request, delete, get, post

from gonogo.kernel.auth import logins
from gonogo.kernel.auth.actor import Actor
from gonogo.kernel.auth.schemas import TwoFactorCode
from gonogo.kernel.auth.scopes import declare_scope
from gonogo.kernel.http.authentication import identify_login
from gonogo.kernel.http.envelope import success
from gonogo.kernel.kernel import Kernel

AccountRequest = Request[Actor, Any, Any]


class SessionsController(Controller):
    """Live sessions: where somebody is signed in."""

    path = "/api/sessions"
    tags = ("account",)
    opt = {"before_enrollment": True, **declare_scope("admin")}  # noqa: RUF012 — Litestar's own

    @get("/")
    async def list_sessions(self, request: AccountRequest, kernel: Kernel, person: str | None = None) -> dict[str, Any]:
        """Your sessions; ``person`` (e-mail, id, or ``*``) shows administrators those of others."""
        current = await identify_login(kernel, request.scope)
        return success(await logins.list_sessions(kernel.db, request.user, current, person))

    @delete("/{id:str}", status_code=200)
    async def end_session(self, id: str, request: AccountRequest, kernel: Kernel) -> dict[str, Any]:
        """End one session at once."""
        await logins.end_session(kernel.db, request.user, id)
        return success({"id": id})

    @delete("/", status_code=200)
    async def end_others(self, request: AccountRequest, kernel: Kernel, person: str | None = None) -> dict[str, Any]:
        """End all your other sessions, or every session of another ``person``."""
        current = await identify_login(kernel, request.scope)
        return success({"ended": await logins.end_other_sessions(kernel.db, request.user, current, person)})


class TwoFactorController(Controller):
    """Two-factor sign-in of whoever asks."""

    path = "/api/account/two-factor"
    tags = ("account",)
    opt = {"before_enrollment": True, **declare_scope("admin")}  # noqa: RUF012 — Litestar's own

    @get("/")
    async def read_state(self, request: AccountRequest, kernel: Kernel) -> dict[str, Any]:
        """Whether it is on, and how many recovery codes are left."""
        return success(await kernel.two_factor.read_state(request.user))

    @post("/start", status_code=200, opt={"secret_answer": True})
    async def start(self, request: AccountRequest, kernel: Kernel) -> dict[str, Any]:
        """A secret for an authenticator app; it counts once a code of it is confirmed."""
        return success(await kernel.two_factor.start(request.user))

    @post("/confirm", status_code=200, opt={"secret_answer": True})
    async def confirm(self, data: TwoFactorCode, request: AccountRequest, kernel: Kernel) -> dict[str, Any]:
        """Turn it on; the recovery codes are in the answer, this once."""
        return success({"recovery_codes": await kernel.two_factor.confirm(request.user, data.code)})

    @post("/recovery-codes", status_code=200, opt={"secret_answer": True})
    async def renew_codes(self, data: TwoFactorCode, request: AccountRequest, kernel: Kernel) -> dict[str, Any]:
        """New recovery codes; the old ones end."""
        return success({"recovery_codes": await kernel.two_factor.renew_codes(request.user, data.code)})

    @post("/off", status_code=200)
    async def turn_off(self, data: TwoFactorCode, request: AccountRequest, kernel: Kernel) -> dict[str, Any]:
        """Turn it off, with a code."""
        await kernel.two_factor.turn_off(request.user, data.code)
        return success(await kernel.two_factor.read_state(request.user))
