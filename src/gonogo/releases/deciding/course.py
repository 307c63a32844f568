"""A plan as it is walked: which items are on the way, who can judge them, what belongs to what. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Literal

from gonogo.releases.deciding.later import find_dated, is_for_later
from gonogo.releases.deciding.order import place_after_children
from gonogo.releases.known_actions import only_looks
from gonogo.releases.options import find_torn_options
from gonogo.releases.plan import Item, Phase, Plan
from gonogo.releases.rules import Human, Number
from gonogo.releases.shell.effects import changes_something

Need = Literal["command", "action", "check", "gate", "wait", "tick", "sign", "decide", "judge"]

WHOLE_RUN = "run"
_OFF_COURSE = frozenset({"rollback", "info"})
_NEVER_WALKED = frozenset({"rollback", "info"})
PEOPLE: frozenset[Need] = frozenset({"tick", "sign", "decide", "judge"})


class Course:
    """Look-ups over one plan. Building it costs one walk; everything else is a dictionary."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.items: dict[str, Item] = {}
        self.phases: dict[str, Phase] = {}
        self.checks: dict[str, list[Item]] = defaultdict(list)
        self.fences: dict[str, list[Item]] = defaultdict(list)
        self.children: dict[str, list[Item]] = defaultdict(list)
        self._places = {phase.id: place for place, phase in enumerate(plan.phases)}
        self._changes: dict[str, bool] = {}
        for phase in plan.phases:
            for item in phase.items:
                self._add(phase, item)
        walked = [item for item in self.items.values() if self._is_walked(item)]
        self._dated = find_dated(self, walked)
        way = [item for item in walked if item.id not in self._dated]
        self.main = place_after_children(way, lambda item: self.need(item) in PEOPLE)
        self._first_deploying = self._find_first_deploying()
        self._torn = find_torn_options(plan.phases)

    def _add(self, phase: Phase, item: Item) -> None:
        self.items[item.id] = item
        self.phases[item.id] = phase
        if item.kind == "check" and item.judges:
            self.checks[item.judges].append(item)
        if item.fence and item.command:
            self.fences[item.fence].append(item)
        if item.parent:
            self.children[item.parent].append(item)

    def _is_walked(self, item: Item) -> bool:
        phase = self.phases[item.id]
        if phase.role in _OFF_COURSE or item.kind in _NEVER_WALKED or item.runs == "never" or is_for_later(phase):
            return False
        # What never runs on the way leaves nothing to judge there.
        judged = self.items.get(item.judges or "")
        return judged is None or (judged.kind != "rollback" and judged.runs != "never")

    def need(self, item: Item) -> Need:
        """What the item takes to be settled: a machine's work, or which act of a person."""
        if item.action is not None:
            return "action"
        if item.kind in ("run", "rollback") and item.command is not None:
            return "command"
        if item.kind == "check":
            return "check" if self._is_compiled(item) else "judge"
        if item.kind == "gate":
            return "gate" if item.expression else "decide"
        if item.kind == "wait" and (item.duration_s is not None or item.expression or "length" in item.options):
            return "wait"
        return "sign" if item.kind == "sign" else "tick"

    def _is_compiled(self, check: Item) -> bool:
        judged = self.items.get(check.judges or "")
        has_output = judged is not None and (judged.command is not None or judged.action is not None)
        return has_output and check.rule is not None and not isinstance(check.rule, Human)

    def is_machine(self, item: Item) -> bool:
        """Whether no person is needed for it, if all goes well."""
        return self.need(item) not in PEOPLE

    def ends_fence(self, item: Item) -> bool:
        """Whether no command after it in its fence may run."""
        runnable = [each for each in self.fences.get(item.fence or "", []) if each.runs != "never"]
        return bool(runnable) and runnable[-1].id == item.id

    def list_after(self, item: Item) -> list[str]:
        """The commands after this one in its fence, and the checks on them."""
        fence = self.fences.get(item.fence or "", [])
        later = fence[fence.index(item) + 1 :] if item in fence else []
        return [each.id for run in later for each in (run, *self.checks.get(run.id, ()))]

    def is_for_later(self, item: Item) -> bool:
        """Whether it waits until after the release, by its heading or by the words that it begins with."""
        return item.id in self._dated or is_for_later(self.phases[item.id])

    def changes(self, item: Item) -> bool:
        """Whether starting it may change anything at all."""
        known = self._changes.get(item.id)
        if known is None:
            known = _changes_something(item)
            self._changes[item.id] = known
        return known

    def deploys(self, item: Item) -> bool:
        """Whether doing it may change what is released, so that there is something to roll back.

        Commands before the first deploying phase prepare (a build, a test): they leave what is in service alone.
        """
        if item.action is not None:
            return self.changes(item)
        if self._places[self.phases[item.id].id] < self._first_deploying:
            return False
        if item.command is not None:
            return self.changes(item)
        by_hand = item.kind == "human" and self.phases[item.id].role == "deploy"
        return by_hand and not any(child.command or child.action for child in self.children.get(item.id, ()))

    def _find_first_deploying(self) -> int:
        roles = {self.phases[item.id].id: self.phases[item.id].role for item in self.main}
        places = [self._places[phase] for phase, role in roles.items() if role == "deploy"]
        if places:
            return min(places)
        return min(
            (self._places[phase] for phase, role in roles.items() if role != "prepare"), default=len(self.plan.phases)
        )

    def place(self, key: str) -> int:
        """The position of a phase, or of an item's phase, in the document."""
        phase = self.phases.get(key)
        return self._places[phase.id if phase else key]

    def section(self, phase: Phase) -> frozenset[str]:
        """The ids of the phase and of all below its heading."""
        heading, inside = (*phase.path, phase.title), {phase.id}
        for below in self.plan.phases[self._places[phase.id] + 1 :]:
            if below.path[: len(heading)] != heading:
                break
            inside.add(below.id)
        return frozenset(inside)

    def most_attempts(self, run: Item) -> int:
        """How often a command may be tried: its own retries, or those of the checks on it."""
        return 1 + max([run.retries, *(check.retries for check in self.checks.get(run.id, ()))])

    def reset_with(self, item: Item) -> list[str]:
        """What else starts afresh when this item does: a command's checks; for a check, its command and that one's."""
        run = self.items.get(item.judges or "", item)
        others = [run.id, *(check.id for check in self.checks.get(run.id, ()))]
        return [other for other in others if other != item.id]

    def hosts(self) -> set[str]:
        """Every host the plan names."""
        return {item.host for item in self.items.values() if item.host}

    def watched(self, soak: Item) -> list[Item]:
        """The thresholds that a soak keeps an eye on: its own, those of its section, and the rollback ones there."""
        inside = self.section(self.phases[soak.id])
        gates = [item for item in self.items.values() if item.kind == "gate" and item.expression]
        applying = [gate for gate in gates if self._applies(gate, inside)]
        return ([soak] if soak.expression else []) + applying

    def _applies(self, gate: Item, inside: Iterable[str]) -> bool:
        if is_trigger(gate):
            binding = self.binding(gate)
            return (
                binding is None or binding in inside or (binding in self.phases and self.phases[binding].id in inside)
            )
        # A success threshold with a rollback threshold beside it leaves an undecided band: only the latter ends a soak.
        return self.phases[gate.id].id in inside and not self.triggers_on(gate)

    def triggers_on(self, gate: Item) -> list[Item]:
        """The rollback thresholds on the signal that a success threshold is about."""
        if not isinstance(gate.rule, Number) or gate.rule.polarity == "bad" or not gate.rule.signal:
            return []
        return [item for item in self.items.values() if item.expression and is_trigger(item, gate.rule.signal)]

    def binding(self, item: Item) -> str | None:
        """The phase or the step that an item of a rollback section is about; None for the whole run."""
        phase = self.phases[item.id]
        bound = item.binds or phase.binds
        return None if bound == WHOLE_RUN or phase.id in self._torn else bound


def _changes_something(item: Item) -> bool:
    if item.action is not None:
        return not only_looks(item.action)
    return item.command is not None and changes_something(item.command)


def is_trigger(item: Item, signal: str | None = None) -> bool:
    """Whether the item is a threshold that is bad when true (on this signal)."""
    rule = item.rule
    if item.kind != "gate" or not isinstance(rule, Number) or rule.polarity != "bad":
        return False
    return signal is None or rule.signal == signal
