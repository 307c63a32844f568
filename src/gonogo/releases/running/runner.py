"""The loop of one run: decide, do, write down, until nothing is left or a person is needed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import structlog

from gonogo.kernel.auth.actor import SYSTEM, Actor
from gonogo.kernel.clock import format_instant
from gonogo.kernel.db.database import Tx
from gonogo.kernel.errors import Problem
from gonogo.kernel.kernel import Kernel
from gonogo.releases.actions.load.loads import Loads
from gonogo.releases.deciding import moves
from gonogo.releases.deciding.decide import decide
from gonogo.releases.deciding.exits import judge_exit
from gonogo.releases.deciding.gates import LOOK_EVERY_S
from gonogo.releases.deciding.people import describe_act
from gonogo.releases.deciding.rollback import find_rollback
from gonogo.releases.evidence import Verdict
from gonogo.releases.expectations import judge
from gonogo.releases.follow_ups.commands import plan_tasks
from gonogo.releases.journal import Fact
from gonogo.releases.plan import Item
from gonogo.releases.record.files import describe_files, find_folder, load_evidence
from gonogo.releases.record.ledger import Ledger, Run, StaleState
from gonogo.releases.running.acting import Lines, Performance, make_call, name_values, perform_action
from gonogo.releases.running.capture import pick_variables, read_git
from gonogo.releases.running.curlrc import lend_curlrc
from gonogo.releases.running.intake import read_hosts
from gonogo.releases.running.locks import unlock_target
from gonogo.releases.running.perform import describe_ended, describe_rule, describe_verdict
from gonogo.releases.running.soak import Watch, find_length
from gonogo.releases.running.timing import measure_rollback
from gonogo.releases.shell.orphan import inspect_orphan
from gonogo.releases.shell.session import Ended, Session, Step

COMMAND_TIMEOUT_S = 3600.0
_ENDED = frozenset({"held", "finished"})

log = structlog.get_logger()


class Runner:
    """Drives one run. ``wake`` it after every write to its journal."""

    _run: Run
    _session: Session
    _watch: Watch

    def __init__(self, kernel: Kernel, run: str) -> None:
        self._kernel, self._id = kernel, run
        self._ledger = kernel.get_part(Ledger)
        self._folder = find_folder(kernel.config, run)
        self._woken = asyncio.Event()
        self._stop = asyncio.Event()
        self._seen = 0
        self._begun: moves.RunCommand | None = None
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
        self._session = Session(self._folder, read_hosts(self._kernel), run=self._id)
        self._watch = Watch(self._kernel, self._run.course)
        self.target = self._run.row["target"]
        while not await self._step():
            if self._woken.is_set():
                await self._look()
        if self._run.state.status == "finished":
            await self._session.end()
            self._kernel.get_part(Loads).end_of(self._id)

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
        try:
            await self._perform(move)
        except StaleState:
            self._woken.set()
        return False

    async def _perform(self, move: moves.Move) -> None:
        course = self._run.course
        match move:
            case moves.RunCommand():
                await self._run_item(move)
            case moves.FindOrphan(item, attempt):
                await self._find_orphan(course.items[item], attempt)
            case moves.JudgeCheck(item):
                await self._note(Fact(name="item_finished", item=item, data=self._judge_check(course.items[item])))
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
                await self._note(Fact(name="failed", item=item, data={"why": why}), fresh=True)
            case moves.StartRollback(_, level):
                planned = find_rollback(self._run.course, self._run.state, level)
                await self._note(Fact(name="rollback_started", data=msgspec.to_builtins(planned)), fresh=True)
            case moves.FinishRollback():
                measured = measure_rollback(self._run.course, self._run.state)
                await self._note(Fact(name="rollback_finished", data=measured))
            case moves.Hold(items, why):
                await self._note(Fact(name="held", data={"items": list(items), "why": why}), fresh=True, unlock=True)
            case moves.Finish(verdict, why):
                also = self._plan_tasks if verdict == "go" else None
                fact = Fact(name="finished", data={"verdict": verdict, "why": why})
                await self._note(fact, fresh=True, unlock=True, also=also)

    async def _run_item(self, move: moves.RunCommand) -> None:
        await self._note(self._describe_start(self._run, move), fresh=True)
        await self._finish_item(move)

    async def _finish_item(self, move: moves.RunCommand) -> None:
        item = self._run.course.items[move.item]
        await self._complete_baseline(item)
        work = self._run_action if item.action is not None else self._run_command
        finished = Fact(name="item_finished", item=item.id, data=await work(item, move.attempt))
        run = self._run

        def change(tx: Tx) -> tuple[Run, moves.RunCommand | None]:
            # The end of one command and the start of the next share a commit: that halves what a command costs.
            after = self._ledger.append(tx, run, [finished], SYSTEM)
            following = decide(after.course, after.state, tx.clock.now())
            if not isinstance(following, moves.RunCommand):
                return after, None
            return self._ledger.append(tx, after, [self._describe_start(after, following)], SYSTEM), following

        after, self._begun = await self._kernel.db.write(change)
        self._keep(after)

    def _describe_start(self, run: Run, move: moves.RunCommand) -> Fact:
        item = run.course.items[move.item]
        resets = [check.id for check in run.course.checks.get(item.id, ())]
        command = self._session.masker().mask_text(item.command or item.action or "")
        data = {"attempt": move.attempt, "command": command, "host": item.host, "resets": resets}
        return Fact(name="item_started", item=item.id, data=data | {"changes": run.course.changes(item)})

    async def _run_command(self, item: Item, attempt: int) -> dict[str, Any]:
        timeout = item.timeout_s or COMMAND_TIMEOUT_S
        command = item.command or ""
        curl_home = lend_curlrc(self._folder, command)
        step = Step(
            item=item.id,
            attempt=attempt,
            command=command,
            host=item.host,
            curl_home=curl_home,
            timeout_s=timeout,
            fence=item.fence,
            ends_fence=self._run.course.ends_fence(item),
        )
        try:
            ended = await self._session.run(step, self._tell_output(item, attempt), self._stop)
        except OSError as error:
            return {"attempt": attempt, "outcome": "failed", "why": f"It could not be started: {error}"}
        finally:
            self._stop.clear()
        return self._judge_ended(item, attempt, ended)

    def _judge_ended(self, item: Item, attempt: int, ended: Ended) -> dict[str, Any]:
        late = ended.ending == "timed_out"
        evidence, data = describe_ended(
            self._session, item, attempt, exit_code=ended.exit_code, duration_s=ended.duration_s, timed_out=late
        )
        verdict = judge_exit(item, self._run.course.checks.get(item.id, []), evidence)
        if ended.ending == "interrupted":
            verdict = Verdict(outcome="fail", why="A person ended it.")
        return data | describe_verdict(verdict)

    async def _run_action(self, item: Item, attempt: int) -> dict[str, Any]:
        began = self._kernel.clock.monotonic()
        files = self._session.files(item.id, attempt)
        tell = self._tell_output(item, attempt)
        lines = Lines(files.path("out"), self._session.masker(), lambda size: tell(size, 0))
        try:
            done = await self._perform_action(item, lines)
            lines.write(done.why)
        finally:
            lines.close()
            self._stop.clear()
        self._session.export(name_values(item.action or "", done.values))
        return {
            "outcome": "passed" if done.passed else "failed",
            "why": done.why,
            "exit_code": 0 if done.passed else 1,
            "values": done.values,
            "attempt": attempt,
            "duration_s": round(self._kernel.clock.monotonic() - began, 3),
            "evidence": describe_files(files),
        }

    async def _perform_action(self, item: Item, lines: Lines) -> Performance:
        workdir, variables = Path(self._run.row["workdir"]), self._session.variables()
        try:
            call = make_call(self._kernel, item, workdir, lines.write, variables, self._id)
        except Problem as problem:
            return Performance(False, problem.detail)
        return await perform_action(self._kernel, item, call, self._stop, item.timeout_s or COMMAND_TIMEOUT_S)

    def _tell_output(self, item: Item, attempt: int) -> Callable[[int, int], None]:
        def tell(stdout: int, stderr: int) -> None:
            sizes = {"item": item.id, "attempt": attempt, "stdout": stdout, "stderr": stderr}
            self._kernel.bus.notify("release.output", self._id, sizes)

        return tell

    async def _find_orphan(self, item: Item, attempt: int) -> None:
        orphan = inspect_orphan(self._session.files(item.id, attempt))
        why = f"The server went away while this was under way; {orphan.why}."
        data = {
            "attempt": attempt,
            "orphan": orphan.state,
            "exit_code": orphan.exit_code,
            "pid": orphan.pid,
            "why": why,
        }
        await self._note(Fact(name="item_lost", item=item.id, data=data), fresh=True)

    def _judge_check(self, check: Item) -> dict[str, Any]:
        course, state = self._run.course, self._run.state
        run = course.items[check.judges or ""]
        evidence = load_evidence(self._folder, course, state, run, check.scope)
        assert check.rule is not None
        attempt = state.get_item(run.id).attempt
        return describe_verdict(judge(check.rule, evidence)) | {"attempt": attempt, "rule": describe_rule(check)}

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
        left = (move.until - self._kernel.clock.now()).total_seconds()
        if item.kind == "wait" and self._run.course.watched(item):
            early = self._watch.find_breach(item, self._run.state)
            if early is not None:
                await self._note(Fact(name="item_finished", item=item.id, data=early), fresh=True)
                return
            left = min(left, item.every_s or LOOK_EVERY_S, LOOK_EVERY_S)
        await _first(self._kernel.clock.sleep(max(left, 0.0)), self._woken.wait())

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
        data = {**describe_act(starter, name), "note": "Accepted in advance."}
        names = {"sign": "item_signed", "gate": "item_decided"}
        if item.kind in names and options.alone:
            data["alone"] = options.alone
        if item.kind == "gate":
            data["decision"] = "go"
        fact = Fact(name=names.get(item.kind, "item_ticked"), item=item.id, data=data)
        await self._note(fact, fresh=True, actor=starter)

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
    ) -> None:
        run = self._run

        def change(tx: Tx) -> Run:
            after = self._ledger.append(tx, run, [fact], actor, fresh=fresh)
            if unlock:
                unlock_target(tx, run.row["target"], run.id)
            if also is not None:
                also(tx, after)
            return after

        self._keep(await self._kernel.db.write(change))

    def _keep(self, run: Run) -> None:
        self._run, self._seen = run, run.state.seq


async def _first(*works: Coroutine[Any, Any, Any]) -> None:
    tasks = [asyncio.ensure_future(work) for work in works]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
