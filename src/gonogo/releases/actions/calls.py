"""Actions called by hand, from the command line or REST: each goes on by itself and can be followed line by line."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec
import structlog

from gonogo.kernel.actions import Action, ActionCall, ActionResult
from gonogo.kernel.auth.actor import Actor
from gonogo.kernel.auth.authorise import authorise, authorise_command_text
from gonogo.kernel.errors import BadInput, Problem
from gonogo.kernel.ids import new_id
from gonogo.kernel.kernel import Kernel
from gonogo.kernel.secrets.masking import Masker, find_secrets
from gonogo.releases.errors import ActionNotFound

_KEPT = 50
_BRINGING = frozenset(
    {
        *("command", "cwd", "env", "file", "files", "path", "paths", "sqlite", "postgres", "git"),
        *("to", "into", "requests", "allow", "base", "database", "connect"),
    }
)
"""Options that name a command, or a file, a folder or a server of the caller's choice."""
LONGEST_SUMMARY = 500
LONGEST_WAIT_S = 20.0

log = structlog.get_logger()


class CallReport(msgspec.Struct, frozen=True, kw_only=True):
    """How far a call has come: its lines from ``after`` on, and its result once there is one."""

    id: str
    action: str
    lines: tuple[str, ...]
    next_line: int
    result: ActionResult | None


class Calls:
    """The last calls of this process. They are not kept when it ends: what has to be on record belongs into a run."""

    def __init__(self) -> None:
        self._calls: OrderedDict[str, _Call] = OrderedDict()

    def add(self, action: str) -> _Call:
        """A call that begins now."""
        call = _Call(new_id(), action)
        self._calls[call.id] = call
        while len(self._calls) > _KEPT:
            self._calls.popitem(last=False)
        return call

    def get(self, id: str) -> _Call:
        """Raises ActionNotFound."""
        call = self._calls.get(id)
        if call is None:
            raise ActionNotFound(f"No call of an action with the id {id} is remembered.", field="id")
        return call


class _Call:
    def __init__(self, id: str, action: str) -> None:
        self.id, self._action = id, action
        self._lines: list[str] = []
        self._result: ActionResult | None = None
        self._news = asyncio.Event()
        self._loop = asyncio.get_running_loop()

    def say(self, line: str) -> None:
        self._lines.append(line)
        self._loop.call_soon_threadsafe(self._news.set)

    def finish(self, result: ActionResult) -> None:
        self._result = result
        self._news.set()

    async def read(self, after: int, wait_s: float) -> CallReport:
        if len(self._lines) <= after and self._result is None and wait_s > 0:
            self._news.clear()
            try:
                async with asyncio.timeout(min(wait_s, LONGEST_WAIT_S)):
                    await self._news.wait()
            except TimeoutError:
                pass  # nothing new is an answer too
        lines = tuple(self._lines[after:])
        return CallReport(
            id=self.id, action=self._action, lines=lines, next_line=after + len(lines), result=self._result
        )


async def begin_call(kernel: Kernel, actor: Actor, name: str, options: dict[str, str], folder: str) -> CallReport:
    """Begin an action; it goes on by itself. Raises ActionNotFound and BadInput."""
    authorise(actor, "operator")
    action = kernel.actions.get(name)
    if action is None:
        raise ActionNotFound(
            f"There is no action '{name}'; there are: {', '.join(sorted(kernel.actions))}.", field="name"
        )
    permission = _authorise_options(actor, name, options, folder)
    base = find_folder(folder)
    kept = kernel.get_part(Calls).add(name)
    told: dict[str, Any] = {"call": kept.id, "options": mask_options(options), "folder": str(base)}
    begun = "action.command_begun" if permission else "action.started"
    told |= {"permission": permission} if permission else {}
    await kernel.db.write(lambda tx: tx.emit(begun, name, told, actor))
    call = ActionCall(kernel, actor, options, base, kept.say)
    kernel.tasks.spawn(f"action {name}", _perform(name, action, call, kept))
    return await kept.read(0, 0)


def _authorise_options(actor: Actor, name: str, options: dict[str, str], folder: str) -> str | None:
    bringing = next((option for option in options if option in _BRINGING), None)
    if bringing is None and folder == ".":
        return None
    return authorise_command_text(actor, f"'{bringing or 'folder'}' of the action {name}")


def find_folder(text: str) -> Path:
    """A folder of the server. Raises BadInput."""
    folder = Path(text).expanduser().absolute()
    if not folder.is_dir():
        raise BadInput(f"'{text}' is no folder on the server.", field="folder")
    return folder


async def _perform(name: str, action: Action, call: ActionCall, kept: _Call) -> None:
    try:
        result = await action(call)
    except Problem as problem:
        result = ActionResult(False, problem.detail, {"problem": problem.type})
    except Exception as error:
        result = ActionResult(False, f"It broke: {type(error).__name__}: {error}")
        log.exception("action broke")
    await _record_end(call, action=name, id=kept.id, result=result)
    kept.finish(result)


async def _record_end(call: ActionCall, *, action: str, id: str, result: ActionResult) -> None:
    told = {"call": id, "passed": result.passed, "summary": Masker().mask_text(result.summary)[:LONGEST_SUMMARY]}
    try:
        await call.kernel.db.write(lambda tx: tx.emit("action.finished", action, told, call.actor))
    except Problem as problem:
        # A restore of our own database, say: its result is worth more than the record of it.
        log.warning("the end of an action is not on the record", action=action, why=problem.detail)


def mask_options(options: Mapping[str, str]) -> dict[str, str]:
    """The words of an action without the secrets in them: passwords in addresses, tokens, values of secret names."""
    masker = Masker(find_secrets(options))
    return {name: masker.mask_text(value)[:LONGEST_SUMMARY] for name, value in options.items()}
