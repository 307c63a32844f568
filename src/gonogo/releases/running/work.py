"""Doing what takes the machine: a command, an action, the judging of an expectation. Each gives the data of a fact.

Whatever looks at output runs beside the event loop: output is as long as it is.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

from gonogo.kernel.errors import Problem
from gonogo.kernel.kernel import Kernel
from gonogo.releases.deciding.exits import judge_exit
from gonogo.releases.deciding.handled import find_handler
from gonogo.releases.evidence import Verdict
from gonogo.releases.expectations import judge
from gonogo.releases.plan import Item
from gonogo.releases.record.files import describe_files, load_evidence
from gonogo.releases.record.ledger import Run
from gonogo.releases.running.acting import Lines, Performance, make_call, name_values, perform_action
from gonogo.releases.running.curlrc import lend_curlrc
from gonogo.releases.running.folders import UnclearFolder, enter_start
from gonogo.releases.running.perform import COMMAND_TIMEOUT_S, describe_ended, describe_rule, describe_verdict
from gonogo.releases.shell.session import Ended, Session, Step


class Work:
    """The machine's part of one run. ``stop`` ends a command or an action that is under way."""

    def __init__(self, kernel: Kernel, run: str, folder: Path, session: Session, stop: asyncio.Event) -> None:
        self._kernel, self._id, self._folder = kernel, run, folder
        self._session, self._stop = session, stop

    async def run_item(self, run: Run, item: Item, attempt: int) -> dict[str, Any]:
        """Run the item's command or perform its action; gives what came of it."""
        rollback = run.state.rollback
        if rollback is not None and item.id in rollback.items and not _has_begun(run, rollback.items, item.id):
            # A rollback begins where the run began, not in whatever folder the run stopped in.
            self._session.enter(Path(run.row["workdir"]))
        if item.action is not None:
            return await self._run_action(run, item, attempt)
        return await self._run_command(run, item, attempt)

    async def judge_check(self, run: Run, check: Item) -> dict[str, Any]:
        """A written expectation's verdict on the output of its command."""
        judged = run.course.items[check.judges or ""]
        assert check.rule is not None
        evidence = await asyncio.to_thread(load_evidence, self._folder, run.course, run.state, judged, check.scope)
        verdict = await asyncio.to_thread(judge, check.rule, evidence)
        attempt = run.state.get_item(judged.id).attempt
        return describe_verdict(verdict) | {"attempt": attempt, "rule": describe_rule(check)}

    async def _run_command(self, run: Run, item: Item, attempt: int) -> dict[str, Any]:
        command = item.command or ""
        try:
            enter_start(self._session, item, Path(run.row["workdir"]))
        except UnclearFolder as unclear:
            return {"attempt": attempt, "outcome": "failed", "why": str(unclear)}
        step = Step(
            item=item.id,
            attempt=attempt,
            command=command,
            host=item.host,
            curl_home=lend_curlrc(self._folder, command),
            timeout_s=item.timeout_s or COMMAND_TIMEOUT_S,
            fence=item.fence,
            ends_fence=run.course.ends_fence(item),
        )
        try:
            ended = await self._session.run(step, self._notify_output(item, attempt), self._stop)
        except OSError as error:
            return {"attempt": attempt, "outcome": "failed", "why": f"It could not be started: {error}"}
        finally:
            self._stop.clear()
        return await asyncio.to_thread(self._judge_ended, run, item, attempt, ended)

    def _judge_ended(self, run: Run, item: Item, attempt: int, ended: Ended) -> dict[str, Any]:
        late = ended.ending == "timed_out"
        evidence, data = describe_ended(
            self._session, item, attempt, exit_code=ended.exit_code, duration_s=ended.duration_s, timed_out=late
        )
        verdict = judge_exit(item, run.course.checks.get(item.id, []), evidence)
        handler = find_handler(run.course, item) if verdict.outcome == "fail" and 0 < ended.exit_code < 126 else None
        if ended.ending == "interrupted":
            verdict = Verdict(outcome="fail", why="A person ended it.")
        elif handler is not None and not late:
            why = f"Exit code {ended.exit_code}, which line {handler.line} of the checklist handles."
            verdict = Verdict(outcome="pass", why=why, seen=str(ended.exit_code))
        if ended.failure and verdict.outcome == "pass":
            why = f"{ended.failure} What it said is not known in full."
            verdict = Verdict(outcome="undecided", why=why, seen=verdict.seen)
        if data["left_fence"] and verdict.outcome == "pass":
            data["unreached"] = run.course.list_after(item)
        return data | describe_verdict(verdict)

    async def _run_action(self, run: Run, item: Item, attempt: int) -> dict[str, Any]:
        began = self._kernel.clock.monotonic()
        files = self._session.files(item.id, attempt)
        notify = self._notify_output(item, attempt)
        lines = Lines(files.path("out"), self._session.masker(), lambda size: notify(size, 0))
        try:
            done = await self._perform_action(run, item, lines)
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
            "evidence": await asyncio.to_thread(describe_files, files),
        }

    async def _perform_action(self, run: Run, item: Item, lines: Lines) -> Performance:
        workdir, variables = Path(run.row["workdir"]), self._session.variables()
        try:
            call = make_call(self._kernel, item, workdir, lines.write, variables, self._id)
        except Problem as problem:
            return Performance(False, problem.detail)
        return await perform_action(self._kernel, item, call, self._stop, item.timeout_s or COMMAND_TIMEOUT_S)

    def _notify_output(self, item: Item, attempt: int) -> Callable[[int, int], None]:
        def notify(stdout: int, stderr: int) -> None:
            sizes = {"item": item.id, "attempt": attempt, "stdout": stdout, "stderr": stderr}
            self._kernel.bus.notify("release.output", self._id, sizes)

        return notify


def _has_begun(run: Run, steps: tuple[str, ...], but: str) -> bool:
    return any(run.state.get_item(key).attempt for key in steps if key != but)
