"""Releases: checklists, their runs, and what people do in them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from gonogo.client.call import Call, Send, drop_absent, make_path, read_page, read_text


class Releases:
    """``gonogo.releases``."""

    def __init__(self, send: Send) -> None:
        self._send = send

    def plan(
        self,
        *,
        path: str | None = None,
        markdown: str | None = None,
        adoption: str | None = None,
        vars: Mapping[str, str] | None = None,
    ) -> Any:
        """What the server understands of a checklist, without running anything; ``adoption`` goes with ``markdown``.

        ``vars`` are the variables that its run will be started with.
        """
        variables = dict(vars) if vars else None
        return self._post("releases", "plan", path=path, markdown=markdown, adoption=adoption, vars=variables)

    def checklists(self) -> Any:
        """The checklists the server knows."""
        return self._send(Call("GET", make_path("checklists")))

    def approve(self, checklist: str, sha256: str) -> Any:
        """Pin the plan that was looked at, document and answers; it takes an approver."""
        return self._post("checklists", checklist, "approve", sha256=sha256)

    def add_checklist(
        self,
        *,
        path: str | None = None,
        name: str | None = None,
        markdown: str | None = None,
        adoption: str | None = None,
    ) -> Any:
        """Make a checklist known: a file on the server's machine, or a name with its text and the answers to it."""
        return self._post("checklists", path=path, name=name, markdown=markdown, adoption=adoption)

    def adoption(self, checklist: str) -> Any:
        """What was answered to a checklist's doubts, and the ``questions`` that are left."""
        return self._send(Call("GET", make_path("checklists", checklist, "adoption")))

    def adopt(self, checklist: str, answers: Iterable[Mapping[str, str]] = (), *, remove: Iterable[str] = ()) -> Any:
        """Answer doubts of a checklist, or ``remove`` answers by their keys; gives what ``adoption`` gives.

        Example: ``releases.adopt(id, [{"key": question["key"], "answer": "hand"}])``
        """
        body = {"answers": [dict(answer) for answer in answers], "remove": list(remove)}
        return self._send(Call("PUT", make_path("checklists", checklist, "adoption"), body=body))

    def answers(self, run: str) -> Any:
        """What people answered to a run's doubts on the way; ``toml`` is the file that keeps it."""
        return self._send(Call("GET", make_path("releases", run, "adoption")))

    def start(
        self,
        *,
        path: str | None = None,
        checklist: str | None = None,
        markdown: str | None = None,
        adoption: str | None = None,
        sha256: str | None = None,
        vars: Mapping[str, str] | None = None,
        env: str | None = None,
        as_name: str | None = None,
        attended: bool | None = None,
        accept_humans: str | None = None,
        on_no_go: str | None = None,
        workdir: str | None = None,
        target: str | None = None,
    ) -> Any:
        """Start a run. ``sha256`` is of the plan you saw: what changed since is refused (``plan-changed``).

        ``target`` names the service that is locked meanwhile; without it, the checklist is.
        """
        source = {"path": path, "checklist": checklist, "markdown": markdown, "adoption": adoption, "sha256": sha256}
        manner = {"env": env, "as": as_name, "attended": attended, "accept_humans": accept_humans}
        rest = {"vars": dict(vars) if vars else None, "on_no_go": on_no_go, "workdir": workdir, "target": target}
        return self._post("releases", **source, **manner, **rest)

    def list(self, status: str | None = None, cursor: str | None = None, limit: int = 50) -> Any:
        """A ``Page`` of runs, newest first."""
        params = drop_absent(status=status, cursor=cursor, limit=limit)
        return self._send(Call("GET", make_path("releases"), params, read=read_page))

    def show(self, run: str) -> Any:
        """One run with the state of every item."""
        return self._send(Call("GET", make_path("releases", run)))

    def journal(self, run: str, after: int = 0) -> Any:
        """A ``Page`` of what happened in a run after entry number ``after``, each entry chained to the one before."""
        return self._send(Call("GET", make_path("releases", run, "journal"), {"after": after}, read=read_page))

    def output(self, run: str, item: str, stream: str = "stdout", offset: int = 0, attempt: int | None = None) -> Any:
        """A piece of what a command printed; ask again from its ``next_offset`` until it is ``complete``."""
        params = drop_absent(stream=stream, offset=offset, attempt=attempt)
        return self._send(Call("GET", make_path("releases", run, "items", item, "output"), params))

    def tick(self, run: str, item: str, note: str = "", name: str | None = None) -> Any:
        """A person has done, or seen, what the item says. A key says in ``name`` for whom it ticks."""
        return self._act(run, item, "tick", note=note, name=name)

    def tick_many(self, run: str, items: Iterable[str], note: str = "", name: str | None = None) -> Any:
        """Tick several items at once with one note: all of them, or none."""
        return self._post("releases", run, "items", "tick", items=list(items), note=note, name=name)

    def sign(self, run: str, item: str, note: str = "", name: str | None = None) -> Any:
        """Sign for a role, as whoever is signed in; any other ``name`` is refused, and so are keys."""
        return self._act(run, item, "sign", note=note, name=name)

    def decide(self, run: str, item: str, decision: str, note: str = "", name: str | None = None) -> Any:
        """``go``, ``no_go`` or ``hold`` at a gate, a judgement or an open item; gates take a person, not a key."""
        return self._act(run, item, "decide", decision=decision, note=note, name=name)

    def skip(self, run: str, item: str, reason: str, name: str | None = None) -> Any:
        """Leave an item out; the reason is recorded."""
        return self._act(run, item, "skip", reason=reason, name=name)

    def retry(self, run: str, item: str, note: str = "", name: str | None = None) -> Any:
        """Try a failed, lost or unclear item again; a check with its command."""
        return self._act(run, item, "retry", note=note, name=name)

    def take_over(self, run: str, item: str, note: str, name: str | None = None) -> Any:
        """Say that a person did by hand what the machine could not; the note says how."""
        return self._act(run, item, "take-over", note=note, name=name)

    def resolve(self, run: str, item: str, note: str = "", name: str | None = None) -> Any:
        """Take the result of a command that ended while no server was there to see it."""
        return self._act(run, item, "resolve", note=note, name=name)

    def run_item(self, run: str, item: str, note: str = "", name: str | None = None) -> Any:
        """Run a command that only runs when somebody chooses it."""
        return self._act(run, item, "run", note=note, name=name)

    def rollback(self, run: str, level: int | None = None, reason: str | None = None) -> Any:
        """Roll the run back, or one level of it; ``reason`` goes into the record."""
        return self._post("releases", run, "rollback", level=level, reason=reason)

    def resume(self, run: str) -> Any:
        """Go on with a run that was held or cut off."""
        return self._post("releases", run, "resume")

    def stop(self, run: str, reason: str | None = None) -> Any:
        """End a run where it is; it counts as NO-GO."""
        return self._post("releases", run, "stop", reason=reason)

    def report(self, run: str, format: str = "md") -> Any:
        """The record of a run as text: ``md``, ``html`` or ``json``."""
        return self._send(Call("GET", make_path("releases", run, "report"), {"format": format}, read=read_text))

    def verify(self, run: str, head: str | None = None, key: str | None = None) -> Any:
        """Whether journal, signatures and evidence are as they were written; names the first entry that is not.

        ``head`` is a hash that left the machine earlier (an event, a report); ``key`` a public key from elsewhere.
        """
        return self._send(Call("GET", make_path("releases", run, "verify"), drop_absent(head=head, key=key)))

    def signing_key(self) -> Any:
        """The public key (Ed25519) that proves the signatures of journals."""
        return self._send(Call("GET", make_path("releases", "signing-key")))

    def _act(self, run: str, item: str, move: str, **values: Any) -> Any:
        return self._post("releases", run, "items", item, move, **values)

    def _post(self, *segments: str, **values: Any) -> Any:
        return self._send(Call("POST", make_path(*segments), body=drop_absent(**values)))
