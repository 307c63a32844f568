"""The loop of one run: decide, do, write down, until nothing is left or a person is needed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import msgspec
import structlog

from gonogo.kernel.auth.actor import SYSTEM, Actor
from gonogo.kernel.clock import format_instant
from gonogo.kernel.db.database import Tx
from gonogo.kernel.kernel import Kernel
from gonogo.kernel.vault import open_vault
from gonogo.releases.actions.load.loads import Loads
from gonogo.releases.deciding import moves
from gonogo.releases.deciding.decide import decide
from gonogo.releases.deciding.gates import LOOK_EVERY_S
from gonogo.releases.deciding.people import describe_act
from gonogo.releases.deciding.rollback import find_rollback, why_not_rollback
from gonogo.releases.follow_ups.commands import plan_tasks
from gonogo.releases.incidents.clock import Ending
from gonogo.releases.incidents.commands import open_by_policy
from gonogo.releases.journal import Fact
from gonogo.releases.plan import Item
from gonogo.releases.record.files import find_folder
from gonogo.releases.record.ledger import Ledger, Run, StaleState
from gonogo.releases.running.background import describe_background
from gonogo.releases.running.capture import pick_variables, read_git
from gonogo.releases.running.intake import read_hosts
from gonogo.releases.running.locks import unlock_target
from gonogo.releases.running.orphans import describe_found, end_left_behind, end_overdue, is_overdue
from gonogo.releases.running.soak import Watch, find_length
from gonogo.releases.running.timing import measure_rollback
from gonogo.releases.running.work import Work
from gonogo.releases.running.writing import write_surely
from gonogo.releases.shell.orphan import inspect_orphan
from gonogo.releases.shell.put_away import PURPOSE, seal_state, unseal_state, wipe_state
from gonogo.releases.shell.session import Session

T = TypeVar("T")

_ENDED = frozenset({"held", "finished"})
_ORPHAN_LOOK_S = 0.25

log = structlog.get_logger()


class Runner:
    """Drives one run. ``wake`` it after every write to its journal."""

    _run: Run
    _session: Session
    _watch: Watch
    _work: Work

    def __init__(self, kernel: Kernel, run: str) -> None:
        self._kernel, self._id = kernel, run
        self._ledger = kernel.get_part(Ledger)
        self._folder = find_folder(kernel.config, run)
        self._vault = open_vault(kernel.config.settings_key, kernel.config.folder, PURPOSE)
        self._woken = asyncio.Event()
        self._stop = asyncio.Event()
        self._seen = 0
        self._begun: moves.RunCommand | None = None
        self._background: list[Fact] = []
        self.target: str | None = None

    @property
    def was_woken(self) -> bool:
        """Whether something was written that the loop has not looked at."""
        return self._woken.is_set()

    def wake(self, *, interrupt: int | None = None) -> None:
        """Look at the journal again; an ``interrupt`` entry that the loop has not seen ends the command under way."""
        self._woken.set()
        if interrupt is not None and interrupt > self._seen:
            self._stop.set()

    async def run(self) -> None:
        """Go on until the run is finished or held."""
        await self._look()
        unseal_state(self._folder, self._vault)
        self._session = Session(self._folder, read_hosts(self._kernel), run=self._id)
        self._watch = Watch(self._kernel, self._run.course, self._folder)
        self._work = Work(self._kernel, self._id, self._folder, self._session, self._stop)
        self.target = self._run.row["target"]
        while not await self._go_on():
            if self._woken.is_set():
                await self._look()
        if self._run.state.status == "finished":
            await self._session.end()
            self._put_away()
            self._kernel.get_part(Loads).end_of(self._id)

    def _put_away(self) -> None:
        if why_not_rollback(self._run.course, self._run.state) is None:
            seal_state(self._folder, self._vault)
        else:
            wipe_state(self._folder)

    async def _go_on(self) -> bool:
        try:
            return await self._step()
        except StaleState:
            self._woken.set()
        except Exception as error:
            # A defect here must not leave a run that seems to go on: it is held, and a person resumes it.
            log.exception("a release could not go on", run=self._id)
            self._begun = None
            why = f"Gonogo could not go on ({type(error).__name__}: {error}). Resume the run to try again."
            await self._note(Fact(name="held", data={"items": [], "why": self._mask(why)}), unlock=True)
        return False

    async def _look(self) -> None:
        self._woken.clear()
        if self._begun is None:
            self._stop.clear()
        self._keep(await self._kernel.db.read(lambda tx: self._ledger.get(tx, self._id)))

    async def _step(self) -> bool:
        if self._begun is not None:
            await self._finish_item(self._begun)
            return False
        move = decide(self._run.course, self._run.state, self._kernel.clock.now())
        if isinstance(move, moves.Rest):
            if self._run.state.status in _ENDED:
                return True
            await self._woken.wait()
            return False
        await self._perform(move)
        return False

    async def _perform(self, move: moves.Move) -> None:
        course = self._run.course
        match move:
            case moves.RunCommand():
                await self._run_item(move)
            case moves.FindOrphan() | moves.AwaitOrphan() | moves.EndOrphan():
                await self._follow_orphan(move)
            case moves.JudgeCheck(item):
                judged = await self._work.judge_check(self._run, course.items[item])
                await self._note(Fact(name="item_finished", item=item, data=judged))
            case moves.EvaluateGate(item):
                reading = self._watch.read_gate(course.items[item], self._run.state)
                await self._note(Fact(name="item_finished", item=item, data=reading))
            case moves.BeginWait(item):
                await self._begin_wait(course.items[item])
            case moves.WaitUntil():
                await self._wait(move)
            case moves.EndWait(item):
                ended = self._watch.end_soak(course.items[item], self._run.state)
                await self._note(Fact(name="item_finished", item=item, data=ended))
            case moves.Capture():
                await self._note(Fact(name="captured", data=await self._capture()))
            case moves.AcceptFor(item, name):
                await self._accept(course.items[item], name)
            case _:
                await self._perform_turn(move)

    async def _perform_turn(self, move: moves.Move) -> None:
        match move:
            case moves.AskPerson(item, reason, attempt):
                data = {"reason": reason, "attempt": attempt}
                await self._note(Fact(name="person_asked", item=item, data=data), fresh=True)
            case moves.DeclareNoGo(item, why):
                await self._note(Fact(name="failed", item=item, data={"why": self._mask(why)}), fresh=True)
            case moves.StartRollback(_, level):
                planned = find_rollback(self._run.course, self._run.state, level)
                fact = Fact(name="rollback_started", data=msgspec.to_builtins(planned))
                await self._note(fact, fresh=True, also=partial(self._open_incident, "rollback"))
            case moves.FinishRollback():
                measured = measure_rollback(self._run.course, self._run.state)
                measured["why"] = self._mask(measured["why"])
                await self._note(Fact(name="rollback_finished", data=measured))
            case moves.Hold(items, why, reason, attempt):
                data = {"items": list(items), "why": why, "reason": reason, "attempt": attempt}
                before = await self._look_behind()
                await self._note(Fact(name="held", data=data), fresh=True, unlock=True, before=before)
            case moves.Finish(verdict, why):
                also = self._plan_tasks if verdict == "go" else partial(self._open_incident, "no_go")
                fact = Fact(name="finished", data={"verdict": verdict, "why": why})
                await self._note(fact, fresh=True, unlock=True, also=also, before=await self._look_behind())

    async def _look_behind(self) -> list[Fact]:
        """What the run's background processes came to since it was last written down."""
        found = await asyncio.to_thread(describe_background, self._folder, self._run)
        news = [fact for fact in found if fact not in self._background]
        self._background = found
        return news

    async def _run_item(self, move: moves.RunCommand) -> None:
        await self._note(self._describe_start(self._run, move), fresh=True)
        await self._finish_item(move)

    async def _finish_item(self, move: moves.RunCommand) -> None:
        item = self._run.course.items[move.item]
        await self._complete_baseline(item)
        done = await self._work.run_item(self._run, item, move.attempt)
        finished = Fact(name="item_finished", item=item.id, data=done)
        run = self._run

        def change(tx: Tx) -> tuple[Run, moves.RunCommand | None]:
            # The end of one command and the start of the next share a commit: that halves what a command costs.
            after = self._ledger.append(tx, run, [finished], SYSTEM)
            following = decide(after.course, after.state, tx.clock.now())
            if not isinstance(following, moves.RunCommand):
                return after, None
            return self._ledger.append(tx, after, [self._describe_start(after, following)], SYSTEM), following

        after, self._begun = await self._write(change)
        self._keep(after)

    def _describe_start(self, run: Run, move: moves.RunCommand) -> Fact:
        item = run.course.items[move.item]
        resets = [check.id for check in run.course.checks.get(item.id, ())]
        data = {"attempt": move.attempt, "command": self._mask(item.command or item.action or ""), "host": item.host}
        return Fact(
            name="item_started", item=item.id, data=data | {"resets": resets, "changes": run.course.deploys(item)}
        )

    async def _follow_orphan(self, move: moves.FindOrphan | moves.AwaitOrphan | moves.EndOrphan) -> None:
        item = self._run.course.items[move.item]
        if isinstance(move, moves.EndOrphan):
            ended = await end_left_behind(self._session, item, move.attempt)
            await self._note(Fact(name="item_finished", item=item.id, data=ended))
            return
        if isinstance(move, moves.AwaitOrphan):
            files, seen = self._session.files(item.id, move.attempt), self._run.state.get_item(item.id)
            if is_overdue(item, seen, self._kernel.clock.now()):
                late = await end_overdue(self._session, self._run, item, move.attempt)
                await self._note(Fact(name="item_finished", item=item.id, data=late), fresh=True)
                return
            if (await asyncio.to_thread(inspect_orphan, files)).state == "running":
                await _first(asyncio.sleep(_ORPHAN_LOOK_S), self._woken.wait())
                return
        found = await asyncio.to_thread(describe_found, self._session, self._run, item, move.attempt)
        await self._note(found, fresh=True)

    async def _begin_wait(self, item: Item) -> None:
        try:
            duration = find_length(item, self._session.variables())
        except ValueError as error:
            data = {"outcome": "failed", "why": str(error)}
            await self._note(Fact(name="item_finished", item=item.id, data=data), fresh=True)
            return
        until = format_instant(self._kernel.clock.now() + timedelta(seconds=duration))
        watched = [each.expression for each in self._run.course.watched(item)]
        await self._note(Fact(name="item_started", item=item.id, data={"until": until, "watched": watched}), fresh=True)

    async def _wait(self, move: moves.WaitUntil) -> None:
        item = self._run.course.items[move.item]
        if item.kind == "wait" and self._run.course.watched(item):
            early = self._watch.find_breach(item, self._run.state)
            if early is not None:
                await self._note(Fact(name="item_finished", item=item.id, data=early), fresh=True)
                return
        # The wall clock may be set, and a machine may sleep: no single sleep is long enough to miss it.
        left = (move.until - self._kernel.clock.now()).total_seconds()
        pause = min(left, item.every_s or LOOK_EVERY_S, LOOK_EVERY_S)
        await _first(self._kernel.clock.sleep(max(pause, 0.0)), self._woken.wait())

    async def _capture(self) -> dict[str, Any]:
        workdir = Path(self._run.row["workdir"])
        git = await read_git(workdir)
        self._session.export({f"GONOGO_PREVIOUS_{name.upper()}": value for name, value in git.items()})
        back = [item for item in self._run.course.items.values() if item.kind == "rollback"]
        texts = [text for item in back for text in (item.command or "", *item.options.values())]
        values = pick_variables(texts, self._session.variables())
        masker = self._session.masker()
        variables = {name: masker.mask_text(value) for name, value in values.items()}
        return {**git, "variables": variables, "baseline": self._watch.capture_baseline(self._kernel.clock.now())}

    async def _complete_baseline(self, item: Item) -> None:
        """Before the first action that changes something, add the baselines that the run itself has measured."""
        course, state = self._run.course, self._run.state
        moving = [each for each in course.items.values() if each.action is not None and course.changes(each)]
        if item not in moving or any(state.get_item(each.id).finished_at for each in moving):
            return
        captured = state.captured or {}
        found = self._watch.capture_baseline(self._kernel.clock.now()) | captured.get("baseline", {})
        if found != captured.get("baseline", {}):
            await self._note(Fact(name="captured", data={**captured, "baseline": found}))

    async def _accept(self, item: Item, name: str) -> None:
        options = self._run.state.options
        starter = Actor(options.started_by, options.started_by_name, "local", "operator")
        data: dict[str, Any] = {**describe_act(starter, name), "note": "Accepted in advance."}
        data["changes"] = self._run.course.deploys(item)
        names = {"sign": "item_signed", "gate": "item_decided"}
        if item.kind in names and options.alone:
            data["alone"] = options.alone
        if item.kind == "gate":
            data["decision"] = "go"
        fact = Fact(name=names.get(item.kind, "item_ticked"), item=item.id, data=data)
        await self._note(fact, fresh=True, actor=starter)

    def _open_incident(self, ending: Ending, tx: Tx, run: Run) -> None:
        open_by_policy(self._kernel, tx, run, ending)

    def _plan_tasks(self, tx: Tx, run: Run) -> None:
        plan_tasks(tx, run, self._kernel.config.tables.get("roles", {}))

    async def _note(
        self,
        fact: Fact,
        *,
        fresh: bool = False,
        unlock: bool = False,
        actor: Actor = SYSTEM,
        also: Callable[[Tx, Run], None] | None = None,
        before: list[Fact] | None = None,
    ) -> None:
        run = self._run

        def change(tx: Tx) -> Run:
            after = self._ledger.append(tx, run, [*(before or ()), fact], actor, fresh=fresh)
            if unlock:
                unlock_target(tx, run.row["target"], run.id)
            if also is not None:
                also(tx, after)
            return after

        self._keep(await self._write(change))

    async def _write(self, change: Callable[[Tx], T]) -> T:
        return await write_surely(self._kernel, self._id, change)

    def _mask(self, text: str) -> str:
        return self._session.masker().mask_text(text)

    def _keep(self, run: Run) -> None:
        self._run, self._seen = run, run.state.seq


async def _first(*works: Coroutine[Any, Any, Any]) -> None:
    tasks = [asyncio.ensure_future(work) for work in works]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
