"""What one person may do about one item now: the buttons under it. Pure; the commands check everything again."""

from __future__ import annotations

import msgspec

from gonogo.kernel.auth.actor import Actor, Role
from gonogo.releases.course import Course
from gonogo.releases.plan import Item
from gonogo.releases.state import RunState


class Choice(msgspec.Struct, frozen=True, kw_only=True):
    """One button. ``main`` is the one that a person usually wants; ``note`` says what the note is needed for."""

    name: str
    label: str
    icon: str
    tone: str = ""
    main: bool = False
    role: Role = "operator"
    note: str = ""


_TICK = Choice(name="tick", label="Done", icon="check", tone="go", main=True)
_SIGN = Choice(name="sign", label="Sign", icon="sign", tone="go", main=True, role="approver")
_GO = Choice(name="go", label="GO", icon="go", tone="go", main=True, role="approver")
_NO_GO = Choice(name="no_go", label="NO-GO", icon="nogo", tone="nogo", main=True, role="approver")
_HOLD = Choice(name="hold", label="HOLD", icon="hold", main=True, role="approver")
_RETRY = Choice(name="retry", label="Try again", icon="retry", tone="primary", main=True)
_TAKE_OVER = Choice(name="take_over", label="I did it by hand", icon="person", note="what you did")
_SKIP = Choice(name="skip", label="Skip", icon="skipped", note="why it is skipped")
_CHOOSE = Choice(name="choose", label="Run this", icon="play")

_WHEN_ASKED: dict[str, tuple[Choice, ...]] = {
    "tick": (_TICK, _SKIP),
    "sign": (_SIGN,),
    "decide": (_GO, _NO_GO, _HOLD),
    "judge": (_GO, _NO_GO),
    "failed": (_RETRY, _TAKE_OVER, _SKIP, _NO_GO),
    "undecided": (_GO, _NO_GO, _RETRY),
    "no_data": (_RETRY, _GO, _NO_GO),
    "unknown": (_RETRY, _TAKE_OVER, _SKIP, _NO_GO),
}


def list_choices(course: Course, state: RunState, item: Item, actor: Actor) -> tuple[Choice, ...]:
    """The choices about ``item`` that are within the actor's role, as the run stands."""
    if state.status in ("new", "finished") or item.id not in course.items:
        return ()
    return tuple(choice for choice in _find_open(course, state, item) if actor.may(choice.role))


def name_note(choices: tuple[Choice, ...]) -> str:
    """The label of the note field that goes with these buttons."""
    needed = [choice.note for choice in choices if choice.note]
    return f"Note ({', or '.join(needed)})" if needed else "Note (kept in the journal)"


def _find_open(course: Course, state: RunState, item: Item) -> tuple[Choice, ...]:
    seen = state.get_item(item.id)
    asked = state.asked
    if asked is not None and asked.item == item.id:
        return _WHEN_ASKED.get(asked.reason, ())
    if seen.status == "open" and item.runs == "choice" and item.kind == "run":
        return (_CHOOSE,)
    if seen.status == "open" and course.need(item) == "tick" and item in course.main:
        return (_TICK, _SKIP)
    return ()
