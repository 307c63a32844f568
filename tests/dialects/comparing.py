"""One claim compared with what the reader made of its line."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import msgspec

from gonogo.releases.evidence import Evidence
from gonogo.releases.expectations.judge import judge
from gonogo.releases.plan import Item, Phase, Plan
from gonogo.releases.rules import Human, Number
from tests.dialects.labels import Claim, Expectation, Sample

# "question": asked where the labels say that it could have gone by itself; "silent": nobody would ever see it.
Outcome = Literal["right", "question", "dangerous", "silent", "wrong"]


class Reading:
    """A plan, looked up by line."""

    def __init__(self, plan: Plan) -> None:
        self.items = [_place_item(phase, item) for phase in plan.phases for item in phase.items]
        self.by_id = {item.id: item for item in self.items}
        self.headings = {phase.line for phase in plan.phases}

    def find_at(self, line: int) -> list[Item]:
        """The items whose span covers a line."""
        return [item for item in self.items if item.line <= line <= item.end_line]


def _place_item(phase: Phase, item: Item) -> Item:
    """An item as a run meets it: below a heading that is off the way, nothing runs and nothing is asked.

    What is left for later days stays a person's; a command there would be passed over.
    """
    if phase.role not in ("rollback", "info", "followup") or item.kind in ("rollback", "info"):
        return item
    if phase.role == "rollback" and item.kind != "run":
        return msgspec.structs.replace(item, kind="rollback", rule=None)
    if phase.role == "followup" and item.kind == "human":
        return item
    return msgspec.structs.replace(item, kind="info", runs="never", rule=None)


def is_automatic(item: Item) -> bool:
    """Whether it would run without a word from anybody."""
    return item.runs == "auto" and item.kind == "run"


def is_asked(item: Item) -> bool:
    """Whether a person has to settle it."""
    if item.runs == "ask" or item.kind in ("human", "sign"):
        return True
    if item.kind == "wait":
        return item.duration_s is None and item.expression is None
    if getattr(item.rule, "asks", False):
        return True  # a person decides unless it is exactly so
    return item.kind in ("check", "gate") and item.rule is not None and not is_compiled(item)


def is_compiled(item: Item) -> bool:
    """Whether a machine judges it."""
    if item.kind == "gate" and item.expression:
        return True
    unbound = item.kind == "gate" and isinstance(item.rule, Number) and item.rule.signal is None
    return item.kind in ("check", "gate") and not isinstance(item.rule, Human | None) and not unbound


def compare_claim(reading: Reading, claim: Claim) -> Outcome:
    """What became of a claim; of several accepted words, the best."""
    items = reading.find_at(claim.line)
    if claim.expectation is not None:
        return _compare_expectation(reading, items, claim.expectation)
    outcomes = {_compare_word(items, word) for word in claim.words}
    order: tuple[Outcome, ...] = ("right", "question", "silent", "wrong", "dangerous")
    return next(outcome for outcome in order if outcome in outcomes)


def _compare_word(items: list[Item], word: str) -> Outcome:
    name, *details = word.split()
    if name == "gate":
        return _compare_gate(items, details)
    if name == "wait":
        return _compare_wait(items, details)
    if word == "rollback ask":
        name = "rollback_ask"
    return _WORDS[name](items)


def _compare_auto(items: list[Item]) -> Outcome:
    if any(map(is_automatic, items)):
        return "right"
    return "question" if any(map(is_asked, items)) else "silent"


def _compare_ask(items: list[Item]) -> Outcome:
    if any(map(is_automatic, items)):
        return "dangerous"
    return "right" if any(map(is_asked, items)) else "silent"


def _compare_asked(items: list[Item]) -> Outcome:
    return "right" if any(map(is_asked, items)) else "silent"


def _compare_never(items: list[Item]) -> Outcome:
    if any(map(is_automatic, items)):
        return "dangerous"
    return "question" if any(item.runs == "ask" for item in items) else "right"


def _compare_notauto(items: list[Item]) -> Outcome:
    return "dangerous" if any(map(is_automatic, items)) else "right"


def _compare_either(items: list[Item]) -> Outcome:
    return "right" if any(is_automatic(item) or is_asked(item) for item in items) else "silent"


def _compare_human(items: list[Item]) -> Outcome:
    if any(item.kind == "sign" for item in items):
        return "wrong"
    return _compare_ask(items)


def _compare_sign(items: list[Item]) -> Outcome:
    if any(item.kind == "sign" for item in items):
        return "right"
    return "wrong" if any(map(is_asked, items)) else "silent"


def _compare_decision(items: list[Item]) -> Outcome:
    if any(item.kind == "gate" and not is_compiled(item) for item in items):
        return "right"
    return "wrong" if any(map(is_asked, items)) else "silent"


def _compare_person(items: list[Item]) -> Outcome:
    return "wrong" if any(map(is_compiled, items)) else _compare_asked(items)


def _compare_notcheck(items: list[Item]) -> Outcome:
    return "wrong" if any(map(is_compiled, items)) else "right"


def _compare_notgood(items: list[Item]) -> Outcome:
    rules = [item.rule for item in items if item.kind in ("gate", "check") and item.doubt != "polarity"]
    if any(isinstance(rule, Number) and rule.polarity == "good" for rule in rules):
        return "wrong"
    return "right" if items else "silent"


def _compare_rollback(items: list[Item]) -> Outcome:
    if any(map(is_automatic, items)):
        return "dangerous"
    if any(item.kind == "rollback" for item in items):
        return "right"
    return "question" if any(map(is_asked, items)) else "silent"


def _compare_rollback_ask(items: list[Item]) -> Outcome:
    if any(item.kind == "rollback" and item.command is not None and item.doubt is None for item in items):
        return "dangerous"
    return _compare_rollback(items)


def _compare_any(items: list[Item]) -> Outcome:
    return "right"


_WORDS: dict[str, Callable[[list[Item]], Outcome]] = {
    "auto": _compare_auto,
    "ask": _compare_ask,
    "asked": _compare_asked,
    "never": _compare_never,
    "notauto": _compare_notauto,
    "info": _compare_notauto,
    "either": _compare_either,
    "human": _compare_human,
    "sign": _compare_sign,
    "decision": _compare_decision,
    "person": _compare_person,
    "notcheck": _compare_notcheck,
    "notgood": _compare_notgood,
    "rollback": _compare_rollback,
    "rollback_ask": _compare_rollback_ask,
    "any": _compare_any,
}


def _compare_wait(items: list[Item], details: list[str]) -> Outcome:
    waits = [item.duration_s for item in items if item.kind == "wait"]
    if any(not details or seconds == float(details[0]) for seconds in waits):
        return "right"
    if waits:
        return "wrong"
    return "question" if any(map(is_asked, items)) else "silent"


def _compare_gate(items: list[Item], details: list[str]) -> Outcome:
    """Right when the bad side and the value are right, whichever way round the comparison is kept."""
    polarity, op, value = details
    wanted = (polarity == "bad") == (op[0] == ">"), float(value)
    sure = [item for item in items if item.kind in ("gate", "check") and item.doubt != "polarity"]
    rules = [item.rule for item in sure if isinstance(item.rule, Number)]
    found = [(_is_bad_above(rule), rule.value) for rule in rules if rule.op is not None and rule.op[0] in "<>"]
    if wanted in found:
        return "right"
    if any(value == wanted[1] for _, value in found):
        return "wrong"
    return "question" if any(map(is_asked, items)) else "silent"


def _is_bad_above(rule: Number) -> bool:
    return (rule.polarity == "bad") == ((rule.op or "")[0] == ">")


def _compare_expectation(reading: Reading, items: list[Item], wanted: Expectation) -> Outcome:
    compiled = [item for item in items if is_compiled(item)]
    if not compiled:
        lenient: Outcome = "right" if wanted.alternative == "asked" else "question"
        return lenient if any(map(is_asked, items)) else "silent"
    outcomes = {_tell_apart(reading, item, wanted) for item in compiled}
    order: tuple[Outcome, ...] = ("wrong", "question", "right")
    return next(outcome for outcome in order if outcome in outcomes)


def _tell_apart(reading: Reading, check: Item, wanted: Expectation) -> Outcome:
    """Wrong when it says the opposite of an output; a question when a good output is left to a person."""
    judged = reading.by_id.get(check.judges or "")
    command = (judged.command or "") if judged is not None else ""
    if wanted.of is not None and wanted.of not in command:
        return "wrong"
    good = {_judge(check, command, sample) for sample in wanted.holds}
    if "fail" in good or any(_judge(check, command, sample) == "pass" for sample in wanted.fails):
        return "wrong"
    return "right" if good == {"pass"} else "question"


def _judge(check: Item, command: str, sample: Sample | str) -> str:
    seen = Sample(out=sample) if isinstance(sample, str) else sample
    assert check.rule is not None
    return judge(check.rule, Evidence(command=command, stdout=seen.out, exit_code=seen.exit)).outcome
