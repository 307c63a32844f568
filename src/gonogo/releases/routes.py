"""REST of the releases room: thin; everything is checked in the commands."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Annotated, Any, Literal

from litestar import Controller, Request, Response, get, post, put
from litestar.params import Parameter

from gonogo.kernel.auth.actor import Actor
from gonogo.kernel.auth.authorise import authorise
from gonogo.kernel.auth.scopes import declare_scope
from gonogo.kernel.errors import BadInput
from gonogo.kernel.http.envelope import success
from gonogo.kernel.kernel import Kernel
from gonogo.kernel.numbers import LARGEST
from gonogo.releases import commands, store
from gonogo.releases.adoption.from_run import collect_answers
from gonogo.releases.adoption.write import write_adoption
from gonogo.releases.deciding.state import RunStatus
from gonogo.releases.record.files import find_folder, read_output
from gonogo.releases.record.html import write_policy
from gonogo.releases.record.ledger import Ledger, Run
from gonogo.releases.record.release import describe_item, describe_release
from gonogo.releases.record.report import Format, make_report
from gonogo.releases.record.signing import Signer
from gonogo.releases.record.verify import check_record, make_trust
from gonogo.releases.running import adopting, checklists
from gonogo.releases.running.intake import find_path, make_text, read_document, read_plan
from gonogo.releases.running.starting import start_run
from gonogo.releases.schemas import (
    Act,
    AdoptionRequest,
    Approval,
    ChecklistRequest,
    Output,
    PlanRequest,
    ReleaseRequest,
    RollbackRequest,
    RunAnswers,
    Ticks,
)
from gonogo.releases.shell.files import AttemptFiles

Limit = Annotated[int, Parameter(ge=1, le=200)]
Place = Annotated[int, Parameter(ge=0, le=LARGEST)]
Proof = Annotated[str, Parameter(max_length=100)]
Asking = Request[Actor, Any, Any]
ActOnItem = Callable[[Kernel, Actor, str, str, Act], Awaitable[Run]]

_ACTS: dict[str, ActOnItem] = {
    "tick": commands.tick_item,
    "sign": commands.sign_item,
    "decide": commands.decide_gate,
    "skip": commands.skip_item,
    "retry": commands.retry_item,
    "take-over": commands.take_over,
    "run": commands.choose_item,
    "resolve": commands.resolve_unknown,
}
_UNSETTLED = frozenset({"open", "chosen", "running"})
_MEDIA = {"md": "text/markdown", "html": "text/html", "json": "application/json"}


class ChecklistsController(Controller):
    """Checklists that are kept, and the plans that are read from them."""

    path = "/api"
    opt = declare_scope("releases:run")
    tags = ("releases",)

    @post("/releases/plan", status_code=200, opt={"reads_only": True})
    async def plan_checklist(self, data: PlanRequest, request: Asking, kernel: Kernel) -> dict[str, Any]:
        """What Gonogo understands of a checklist; nothing is kept and nothing runs."""
        authorise(request.user, "viewer")
        if (data.path is None) == (data.markdown is None):
            raise BadInput("Give either 'path' or 'markdown'.", field="path")
        if data.path is not None:
            authorise(request.user, "operator")
            path = find_path(data.path)
            document = await read_document(path)
            await kernel.db.write(
                lambda tx: tx.emit("checklist.planned", str(path)[-200:], {"path": str(path)}, request.user)
            )
        else:
            document = make_text(data.markdown or "", data.adoption)
        return success(await read_plan(kernel, document, variables=data.variables))

    @get("/checklists")
    async def list_checklists(self, kernel: Kernel) -> dict[str, Any]:
        """All checklists by name."""
        return success(await kernel.db.read(store.list_checklists))

    @post("/checklists", opt=declare_scope("admin"))
    async def save_checklist(self, data: ChecklistRequest, request: Asking, kernel: Kernel) -> dict[str, Any]:
        """Keep a checklist."""
        return success(await checklists.save_checklist(kernel, request.user, data))

    @get("/checklists/{id:str}")
    async def read_checklist(self, id: str, kernel: Kernel) -> dict[str, Any]:
        """One checklist."""
        return success(await checklists.get_checklist(kernel, id))

    @get("/checklists/{id:str}/plan")
    async def read_checklist_plan(self, id: str, kernel: Kernel, var: list[str] | None = None) -> dict[str, Any]:
        """Its plan, from the file as it is now; each `var` names a variable that the run will be given."""
        _, plan = await checklists.read_checklist_plan(kernel, id, var or ())
        return success(plan)

    @get("/checklists/{id:str}/adoption")
    async def read_adoption(self, id: str, kernel: Kernel, var: list[str] | None = None) -> dict[str, Any]:
        """The answers to its doubts, and the items that still ask; `var` as for the plan."""
        return success(await adopting.read_adoption(kernel, id, var or ()))

    @put("/checklists/{id:str}/adoption", opt=declare_scope("admin"))
    async def adopt_checklist(self, id: str, data: AdoptionRequest, request: Asking, kernel: Kernel) -> dict[str, Any]:
        """Keep answers, or take some back; they are the caller's. Its plan has to be approved again."""
        return success(await adopting.adopt_checklist(kernel, request.user, id, data))

    @post("/checklists/{id:str}/approve", status_code=200, opt=declare_scope("admin"))
    async def approve_plan(self, id: str, data: Approval, request: Asking, kernel: Kernel) -> dict[str, Any]:
        """Pin the plan that was looked at; it takes an approver."""
        return success(await checklists.approve_plan(kernel, request.user, id, data.sha256))


class ReleasesController(Controller):
    """Runs: starting them, acting on them, reading everything about them."""

    path = "/api/releases"
    opt = declare_scope("releases:run")
    tags = ("releases",)

    @get("/")
    async def list_releases(
        self, kernel: Kernel, cursor: str | None = None, status: RunStatus | None = None, limit: Limit = 50
    ) -> dict[str, Any]:
        """Newest first."""
        found = await kernel.db.read(lambda tx: store.list_runs(tx, before=cursor, status=status, limit=limit))
        return success(found, next_cursor=found[-1].id if len(found) == limit else None)

    @post("/")
    async def start_release(self, data: ReleaseRequest, request: Asking, kernel: Kernel) -> dict[str, Any]:
        """Start a release; 409 ``plan-changed`` when the file is not the approved one."""
        return success(describe_release(await start_run(kernel, request.user, data)))

    @get("/{id:str}")
    async def read_release(self, id: str, kernel: Kernel) -> dict[str, Any]:
        """The run and every item of it."""
        return success(describe_release(await _load(kernel, id)))

    @get("/{id:str}/journal")
    async def read_journal(self, id: str, kernel: Kernel, after: Place = 0, limit: Limit = 200) -> dict[str, Any]:
        """The journal from the entry behind ``after`` on."""
        await _load(kernel, id)
        entries = await kernel.db.read(lambda tx: store.list_entries(tx, id, after=after, limit=limit))
        return success(entries, next_cursor=str(entries[-1].seq) if len(entries) == limit else None)

    @get("/{id:str}/items/{item:str}/output")
    async def read_item_output(
        self,
        id: str,
        item: str,
        kernel: Kernel,
        stream: Literal["stdout", "stderr"] = "stdout",
        offset: Place = 0,
        attempt: Annotated[int | None, Parameter(ge=1, le=LARGEST)] = None,
    ) -> dict[str, Any]:
        """A command's masked output from a byte offset on, while it runs and afterwards."""
        run = await _load(kernel, id)
        seen = run.state.get_item(commands.get_item(run, item).id)
        chosen = attempt or seen.attempt
        files = AttemptFiles(find_folder(kernel.config, id), item, chosen)
        text, following, size = read_output(files, stream, offset)
        complete = (chosen < seen.attempt or seen.status not in _UNSETTLED) and following >= size
        return success(
            Output(
                item=item,
                attempt=chosen,
                stream=stream,
                offset=offset,
                next_offset=following,
                size=size,
                complete=complete,
                text=text,
            )
        )

    @post("/{id:str}/items/tick", status_code=200)
    async def tick_items(self, id: str, data: Ticks, request: Asking, kernel: Kernel) -> dict[str, Any]:
        """Tick several items at once with one note: all of them, or none."""
        act = Act(note=data.note, name=data.name)
        run = await commands.tick_items(kernel, request.user, id, data.items, act)
        return success([describe_item(commands.get_item(run, item), run.course, run.state) for item in data.items])

    @post("/{id:str}/items/{item:str}/{act:str}", status_code=200)
    async def act_on_item(
        self, id: str, item: str, act: str, request: Asking, kernel: Kernel, data: Act | None = None
    ) -> dict[str, Any]:
        """Tick, sign, decide, skip, retry, take over, run or resolve an item."""
        if act not in _ACTS:
            raise BadInput(f"'{act}' is nothing to do with an item; there are: {', '.join(_ACTS)}.", field="act")
        run = await _ACTS[act](kernel, request.user, id, item, data or Act())
        return success(describe_item(commands.get_item(run, item), run.course, run.state))

    @get("/{id:str}/adoption")
    async def read_answers(self, id: str, kernel: Kernel) -> dict[str, Any]:
        """The answers that people gave to its doubts on the way, as an adoption file would have them."""
        run = await _load(kernel, id)
        journal = await kernel.db.read(lambda tx: store.list_entries(tx, id))
        entries = collect_answers(run.course.plan, journal)
        return success(RunAnswers(entries=entries, toml=write_adoption(entries)))

    @post("/{id:str}/rollback", status_code=200)
    async def roll_back(
        self, id: str, request: Asking, kernel: Kernel, data: RollbackRequest | None = None
    ) -> dict[str, Any]:
        """Roll back now."""
        asked = data or RollbackRequest()
        run = await commands.request_rollback(kernel, request.user, id, asked.level, asked.reason)
        return success(describe_release(run))

    @post("/{id:str}/resume", status_code=200)
    async def resume_release(self, id: str, request: Asking, kernel: Kernel) -> dict[str, Any]:
        """Let a held run go on."""
        return success(describe_release(await commands.resume_run(kernel, request.user, id)))

    @post("/{id:str}/stop", status_code=200)
    async def stop_release(self, id: str, request: Asking, kernel: Kernel, data: Act | None = None) -> dict[str, Any]:
        """End the run without rolling back."""
        reason = data.reason or data.note if data else ""
        return success(describe_release(await commands.stop_run(kernel, request.user, id, reason)))

    @get("/{id:str}/report")
    async def read_report(self, id: str, kernel: Kernel, format: Format = "html") -> Response[bytes]:
        """The same checklist with what really happened."""
        report = await make_report(kernel, id, format)
        headers = {"content-security-policy": write_policy(report)} if format == "html" else {}
        return Response(report.encode(), media_type=_MEDIA[format], headers=headers)

    @get("/{id:str}/verify")
    async def verify_release(
        self, id: str, kernel: Kernel, head: Proof | None = None, key: Proof | None = None
    ) -> dict[str, Any]:
        """Whether the record is whole: its chain, its signatures, its evidence, and a ``head`` from outside.

        ``key`` is the public key to prove it by, where the one in the data folder is not to be trusted.
        """
        trust = make_trust(kernel.get_part(Signer), head, key)
        return success(await check_record(kernel, id, trust))

    @get("/signing-key")
    async def read_signing_key(self, kernel: Kernel) -> dict[str, Any]:
        """The public key that proves the signatures of journals."""
        return success(await asyncio.to_thread(lambda: kernel.get_part(Signer).public))


async def _load(kernel: Kernel, run: str) -> Run:
    return await kernel.db.read(lambda tx: kernel.get_part(Ledger).get(tx, run))
