"""A run as its page shows it: phases with clocks, the item that matters now, gates, sign-offs, the way back. Pure."""

from __future__ import annotations

import msgspec

from gonogo.kernel.auth.actor import Actor
from gonogo.kernel.clock import parse_instant
from gonogo.releases.deciding.course import Course
from gonogo.releases.deciding.decide import find_current, is_left_out
from gonogo.releases.deciding.people import Team
from gonogo.releases.deciding.rollback import find_rollback, list_levels, why_not_rollback
from gonogo.releases.deciding.state import SETTLED, ItemState, Rollback, RunState
from gonogo.releases.plan import Item, Phase
from gonogo.releases.rules import Human
from gonogo.releases.views.choices import Choice, list_choices, name_note, why_not_sign

_UNDER_WAY = frozenset({"running", "waiting"})
_NOT_COUNTED = frozenset({"info", "rollback"})
_TONES = {
    "failed": "nogo",
    "no_go": "nogo",
    "no_data": "quiet",
    "undecided": "hold",
    "unknown": "hold",
    "needs_person": "hold",
}
_GAP = 0.25


class ItemView(msgspec.Struct, frozen=True, kw_only=True):
    """One item with where it stands. ``look`` is the state in the words of the page; ``line`` the short reason."""

    item: Item
    state: ItemState
    look: str
    line: str
    is_current: bool = False
    is_settled: bool = False
    counts: bool = True
    choices: tuple[Choice, ...] = ()
    note_label: str = ""
    waits_for: str = ""
    question: str = ""
    output_of: str | None = None


class PhaseView(msgspec.Struct, frozen=True, kw_only=True):
    """One heading with its progress. ``took_s`` is set once everything in it is settled."""

    id: str
    title: str
    line: int
    end_line: int
    look: str
    settled: int
    total: int
    running_since: str | None
    took_s: float | None
    items: tuple[ItemView, ...]

    @property
    def ticks(self) -> tuple[ItemView, ...]:
        """The items that may be ticked now, together."""
        return tuple(at for at in self.items if at.item.kind == "human" and _can_tick(at))


class Segment(msgspec.Struct, frozen=True):
    """A piece of the progress line: ``x`` and ``width`` in per cent."""

    x: float
    width: float
    tone: str
    title: str


class Level(msgspec.Struct, frozen=True):
    """One depth of rollback to choose, with its promised seconds."""

    level: int
    title: str
    promise_s: float | None


class RollbackView(msgspec.Struct, frozen=True, kw_only=True):
    """The way back: whether it can be taken now, what it would run, and how the one that was taken went."""

    refusal: str | None
    promise_s: float | None
    commands: tuple[str, ...]
    levels: tuple[Level, ...]
    taken: Rollback | None
    look: str


class RunView(msgspec.Struct, frozen=True, kw_only=True):
    """Everything the page of a run shows."""

    look: str
    is_live: bool
    settled: int
    total: int
    took_s: float | None
    segments: tuple[Segment, ...]
    phases: tuple[PhaseView, ...]
    aside: tuple[PhaseView, ...]
    shown: PhaseView
    current: ItemView | None
    gates: tuple[ItemView, ...]
    signs: tuple[ItemView, ...]
    back: RollbackView


class Viewer:
    """Builds the views of one run for one actor."""

    def __init__(self, course: Course, state: RunState, actor: Actor, team: Team) -> None:
        self._course = course
        self._state = state
        self._actor = actor
        self._team = team
        self._now_id = find_focus(course, state)
        first = find_current(course, state)
        self._turn = course.phases[first.id].id if first else None

    def view_run(self, chosen_phase: str | None = None) -> RunView:
        """The whole page; ``chosen_phase`` is the phase to show, else the one under way."""
        on_course = {self._course.phases[item.id].id for item in self._course.main}
        views = [self.view_phase(phase) for phase in self._course.plan.phases if phase.items]
        phases = tuple(view for view in views if view.id in on_course)
        shown_id = chosen_phase or self._find_phase()
        items = [at for view in phases for at in view.items]
        return RunView(
            look=look_of_run(self._state),
            is_live=self._state.status not in ("new", "finished"),
            settled=sum(view.settled for view in phases),
            total=sum(view.total for view in phases),
            took_s=span_seconds(self._state.started_at, self._state.finished_at),
            segments=draw_segments(phases),
            phases=phases,
            aside=tuple(view for view in views if view.id not in on_course and _has_moves(view)),
            shown=next((view for view in views if view.id == shown_id), views[0] if views else _NO_PHASE),
            current=self.view_item(self._course.items[self._now_id]) if self._now_id else None,
            gates=tuple(at for at in items if at.item.kind == "gate"),
            signs=tuple(at for at in items if at.item.kind == "sign"),
            back=self.view_rollback(),
        )

    def view_phase(self, phase: Phase) -> PhaseView:
        """One phase with all its items."""
        items = tuple(self.view_item(item) for item in phase.items)
        counted = [at for at in items if at.counts]
        starts = [at.state.started_at for at in counted if at.state.started_at]
        ends = [at.state.finished_at for at in counted if at.state.finished_at]
        look = look_of_phase(counted)
        over = look == "passed" or self._state.status == "finished"
        return PhaseView(
            id=phase.id,
            title=phase.title,
            line=phase.line,
            end_line=phase.end_line,
            look=look,
            settled=sum(at.is_settled for at in counted),
            total=len(counted),
            running_since=min(starts) if starts and not over and look != "open" else None,
            took_s=span_seconds(min(starts), max(ends)) if starts and ends and over else None,
            items=items,
        )

    def view_item(self, item: Item) -> ItemView:
        """One item, with what this actor may do about it."""
        seen = self._state.get_item(item.id)
        choices = list_choices(self._course, self._state, item, self._actor, self._team, self._turn)
        run = self._course.items.get(item.judges or "", item)
        return ItemView(
            item=item,
            state=seen,
            look=self._look(item, seen),
            line=_say(item, seen),
            is_current=item.id == self._now_id,
            is_settled=seen.status in SETTLED,
            counts=item.kind not in _NOT_COUNTED and not is_left_out(self._course, self._state, item),
            choices=choices,
            note_label=name_note(choices),
            waits_for="" if choices else self._name_awaited(item),
            question=_find_question(item),
            output_of=run.id if (run.command or run.action) and self._state.get_item(run.id).attempt else None,
        )

    def view_rollback(self) -> RollbackView:
        """The way back as it is now."""
        plan = find_rollback(self._course, self._state)
        levels = [(level, find_rollback(self._course, self._state, level)) for level in list_levels(self._course)]
        taken = self._state.rollback
        return RollbackView(
            refusal=why_not_rollback(self._course, self._state),
            promise_s=plan.promise_s,
            commands=tuple(item.command or item.text for item in map(self._course.items.__getitem__, plan.items)),
            levels=tuple(Level(level, f"Level {level}", way.promise_s) for level, way in levels),
            taken=taken,
            look="rolling_back" if taken and not taken.finished_at else "rolled_back",
        )

    def _look(self, item: Item, seen: ItemState) -> str:
        asked = self._state.asked
        if seen.decision in ("go", "no_go"):
            return seen.decision
        if asked and asked.item == item.id:
            return "needs_person" if seen.status in ("open", "chosen") else seen.status
        if seen.status == "open" and item.runs in ("ask", "never"):
            return item.runs
        return "info" if item.kind == "info" else seen.status

    def _name_awaited(self, item: Item) -> str:
        asked = self._state.asked
        if asked is None or asked.item != item.id:
            return ""
        if asked.reason == "sign":
            refusal = why_not_sign(self._state, item, self._actor, self._team)
            return f"Waits for the signature of {item.role or 'an approver'}. {refusal or ''}".strip()
        return "Waits for an approver." if self._course.need(item) in ("gate", "decide") else "Waits for an operator."

    def _find_phase(self) -> str | None:
        phase = self._course.phases.get(self._now_id or "")
        if phase is None and self._course.main:
            phase = self._course.phases[self._course.main[0].id]
        return phase.id if phase else None


def find_focus(course: Course, state: RunState) -> str | None:
    """The item a person should look at: what was asked, else what is under way, else what comes next."""
    if state.asked is not None:
        return state.asked.item
    for key, seen in state.items.items():
        if seen.status in _UNDER_WAY and key in course.items:
            return key
    if state.status == "finished":
        return None
    coming = find_current(course, state)
    return coming.id if coming else None


def look_of_run(state: RunState) -> str:
    """The run's state in one word of the page's vocabulary."""
    if state.status == "finished":
        return state.verdict or "stopped"
    return {"waiting": "needs_person", "held": "hold"}.get(state.status, state.status)


def look_of_phase(items: list[ItemView]) -> str:
    """The worst thing among the items, then whatever is under way, then whether all is settled."""
    looks = {at.look for at in items}
    for look in ("failed", "no_go", "unknown", "undecided", "needs_person", "running", "waiting"):
        if look in looks:
            return look
    if items and all(at.is_settled for at in items):
        return "passed"
    return "running" if any(at.is_settled for at in items) else "open"


def draw_segments(phases: tuple[PhaseView, ...]) -> tuple[Segment, ...]:
    """The progress line: a piece a phase, as wide as it has items, split by what became of them."""
    total = sum(view.total for view in phases) or 1
    segments: list[Segment] = []
    x = 0.0
    for view in phases:
        width = 100 * view.total / total
        for tone, share in _split_tones(view):
            title = f"{view.title}: {view.settled} of {view.total}"
            segments.append(Segment(round(x, 3), round(max(width * share - _GAP, 0.1), 3), tone, title))
            x += width * share
    return tuple(segments)


def _split_tones(view: PhaseView) -> list[tuple[str, float]]:
    tones: dict[str, int] = {}
    for at in view.items:
        if at.counts:
            tone = "go" if at.is_settled else "run" if at.look in _UNDER_WAY else _TONES.get(at.look, "open")
            tones[tone] = tones.get(tone, 0) + 1
    order = ("go", "nogo", "hold", "run", "quiet", "open")
    return [(tone, tones[tone] / view.total) for tone in order if tone in tones]


def _find_question(item: Item) -> str:
    # Where the criteria are listed, or the text is the question, it would only be said twice.
    question = item.rule.question if isinstance(item.rule, Human) and not item.criteria else ""
    return "" if question == item.text else question


def _can_tick(at: ItemView) -> bool:
    return any(choice.name == "tick" for choice in at.choices)


def _has_moves(view: PhaseView) -> bool:
    return any(at.item.kind != "info" for at in view.items)


def _say(item: Item, seen: ItemState) -> str:
    if seen.status == "skipped" and seen.by:
        return f"Skipped by {seen.by}: {seen.note}"
    if seen.by:
        return f"{seen.by}: {seen.note}" if seen.note else f"By {seen.by}"
    if seen.why:
        return seen.why
    if seen.status == "open" and item.runs in ("ask", "never"):
        return item.why
    return item.text if item.command and item.text != item.command else ""


def span_seconds(start: str | None, end: str | None) -> float | None:
    """From one instant to the other; None while either is open."""
    if start is None or end is None:
        return None
    return (parse_instant(end) - parse_instant(start)).total_seconds()


_NO_PHASE = PhaseView(
    id="", title="", line=0, end_line=0, look="open", settled=0, total=0, running_since=None, took_s=None, items=()
)
