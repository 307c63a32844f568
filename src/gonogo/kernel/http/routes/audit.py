"""The audit over HTTP: verify the event log, export it with its proof, and the key that proves both."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from litestar import Controller, Request, get
from litestar.params import QueryParameter
from litestar.response import Stream

from gonogo.kernel.audit.signing import read_public_key, write_pem
from gonogo.kernel.auth.actor import Actor
from gonogo.kernel.auth.authorise import authorise
from gonogo.kernel.auth.scopes import declare_scope
from gonogo.kernel.errors import BadInput
from gonogo.kernel.http.envelope import success
from gonogo.kernel.kernel import Kernel

_HASH_LENGTH = 64
From = Annotated[
    str | None, QueryParameter(name="from", description="First day or instant; the beginning when absent.")
]
To = Annotated[str | None, QueryParameter(name="to", description="Last day, or the instant before which it ends.")]


class AuditController(Controller):
    """Proof of the event log."""

    path = "/api/audit"
    opt = declare_scope("admin")
    tags = ("events",)
    opt = declare_scope("admin")

    @get("/verify")
    async def verify(
        self, request: Request[Actor, Any, Any], kernel: Kernel, head: str | None = None, key: str | None = None
    ) -> dict[str, Any]:
        """Whether every entry is as it was written; ``head`` and ``key`` come from outside this machine."""
        authorise(request.user, "admin")
        return success(await kernel.audit.verify(read_head(head), read_key(key)))

    @get("/export", media_type="application/jsonl")
    async def export(
        self,
        request: Request[Actor, Any, Any],
        kernel: Kernel,
        since: From = None,
        until: To = None,
        format: Literal["jsonl"] = "jsonl",
    ) -> Stream:
        """The entries of a period as JSON Lines; the first line is the signed statement that proves them."""
        authorise(request.user, "admin")
        pieces = await kernel.audit.export(since, until)
        told = {"from": since, "to": until, "format": format}
        await kernel.db.write(lambda tx: tx.emit("audit.exported", "audit", told, request.user))
        headers = {"Content-Disposition": 'attachment; filename="gonogo-audit.jsonl"'}
        return Stream(pieces, media_type="application/jsonl", headers=headers)

    @get("/key")
    async def show_key(self, kernel: Kernel) -> dict[str, Any]:
        """The public key (Ed25519) that proves checkpoints and exports. Keep a copy elsewhere."""
        key = kernel.audit.key.public
        return success({"algorithm": "Ed25519", "key": key, "pem": write_pem(key)})


def read_head(text: str | None) -> str | None:
    """A hash of the log, upper or lower case. Raises ``BadInput``."""
    if not text:
        return None
    head = text.strip().lower().rpartition(":")[2]
    if len(head) != _HASH_LENGTH or any(sign not in "0123456789abcdef" for sign in head):
        raise BadInput("'head' is the hash of an entry: 64 hexadecimal digits.", field="head")
    return head


def read_key(text: str | None) -> str | None:
    """A public key in Base64 or PEM. Raises ``BadInput``."""
    if not text:
        return None
    try:
        return read_public_key(text)
    except ValueError as error:
        raise BadInput(
            "'key' is not an Ed25519 public key. `gonogo audit key` prints the one of this server.", field="key"
        ) from error
