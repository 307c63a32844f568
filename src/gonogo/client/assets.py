"""Files that jobs made, each with a signed statement of how it came to be."""

from __future__ import annotations

from typing import Any

import msgspec

from gonogo.client.call import Call, Document, Send, drop_absent, make_path, read_bytes


class Assets:
    """``gonogo.assets``. Files are held in memory whole: for large ones ask ``/api/assets`` piece by piece."""

    def __init__(self, send: Send) -> None:
        self._send = send

    def list(self, job: str | None = None, before: str | None = None, limit: int | None = None) -> Any:
        """Assets, newest first, of one job or of all."""
        params = drop_absent(job=job, before=before, limit=limit)
        return self._send(Call("GET", make_path("assets"), params=params))

    def show(self, id: str) -> Any:
        """One asset."""
        return self._send(Call("GET", make_path("assets", id)))

    def keep(
        self,
        name: str,
        data: bytes,
        media_type: str = "application/octet-stream",
        origin: dict[str, Any] | None = None,
    ) -> Any:
        """Keep a file; ``origin`` says how it came to be: job, type, connector, worker, model, inputs, details."""
        params = {"name": name, "origin": msgspec.json.encode(origin or {}).decode()}
        return self._send(Call("POST", make_path("assets"), params=params, body=Document(data, media_type)))

    def read(self, id: str) -> Any:
        """The bytes of an asset."""
        return self._send(Call("GET", make_path("assets", id, "content"), read=read_bytes))

    def statement(self, id: str) -> Any:
        """The signed statement: an in-toto statement in a DSSE envelope."""
        return self._send(Call("GET", make_path("assets", id, "statement")))

    def key(self) -> Any:
        """The public key that proves statements, in PEM."""
        return self._send(Call("GET", make_path("assets", "key")))

    def verify(self, id: str) -> Any:
        """What is stated of an asset, once the server has proved signature and bytes."""
        return self._send(Call("POST", make_path("assets", id, "verify")))
