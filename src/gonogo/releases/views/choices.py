"""What one person may do about one item now: the buttons under it. Pure; the commands check everything again."""

from __future__ import annotations

import msgspec

from gonogo.kernel.auth.actor import Actor, Role
from gonogo.kernel.errors import Problem
from gonogo.releases.deciding.course import Course, Need
from gonogo.releases.deciding.people import Team, check_signer
from gonogo.releases.deciding.state import RunState
from gonogo.releases.plan import Item


class Choice(msgspec.Struct, frozen=True, kw_only=True):
    """One button. ``main`` is one that a person usually wants; ``note`` says what the note must tell."""

    name: str
    label: str
    icon: str
    tone: str = ""
    main: bool = False
    role: Role = "operator"
    note: str = ""


_TICK = Choice(name="tick", label="Done", icon="check", tone="go", main=True, role="member")
_RIGHT = Choice(name="tick", label="It is as expected", icon="check", tone="go", main=True, role="member")
_WRONG = Choice(name="no_go", label="It is not", icon="nogo", tone="nogo", main=True)
_SIGN = Choice(name="sign", label="Sign", icon="sign", tone="go", main=True)
_GO = Choice(name="go", label="GO", icon="go", tone="go", main=True, role="approver")
_NO_GO = Choice(name="no_go", label="NO-GO", icon="nogo", tone="nogo", main=True, role="approver")
_HOLD = Choice(name="hold", label="HOLD", icon="hold", main=True, role="approver")
_RETRY = Choice(name="retry", label="Try again", icon="retry", tone="primary", main=True)
_RECOVER = Choice(name="recover", label="Take what it left", icon="file")
_TAKE_OVER = Choice(name="take_over", label="I did it by hand", icon="person", note="what you did")
_SKIP = Choice(name="skip", label="Skip", icon="skipped", note="why it is skipped")
_SKIP_GATE = msgspec.structs.replace(_SKIP, role="approver")
_CHOOSE = Choice(name="choose", label="Run it", icon="play", main=True)
_LEAVE_OUT = Choice(name="skip", label="Leave out", icon="skipped", note="why it is left out")

_WHEN_ASKED: dict[str, tuple[Choice, ...]] = {
    "tick": (_TICK, _SKIP),
    "sign": (_SIGN,),
    "decide": (_GO, _NO_GO, _HOLD),
    "judge": (_RIGHT, _WRONG, _SKIP),
    "doubt": (_CHOOSE, _TAKE_OVER, _LEAVE_OUT),
}
_AHEAD = frozenset({"tick", "sign", "decide"})
_WHEN_UNCLEAR = (_GO, _NO_GO, _HOLD, _RETRY, _SKIP_GATE)


def list_choices(
    course: Course, state: RunState, item: Item, actor: Actor, team: Team, turn: str | None
) -> tuple[Choice, ...]:
    """The choices about ``item`` that are within the actor's role, as the run stands.

    ``turn`` is the phase under way: what takes a person there may be settled before it is asked for.
    """
    if state.status in ("new", "finished"):
        return ()
    allowed = tuple(choice for choice in _find_open(course, state, item, turn) if actor.may(choice.role))
    return tuple(c for c in allowed if c is not _SIGN or why_not_sign(state, item, actor, team) is None)


def why_not_sign(state: RunState, item: Item, actor: Actor, team: Team) -> str | None:
    """Why this actor can't sign the item, as a sentence; None when they can."""
    try:
        check_signer(actor, item, state.options, team)
    except Problem as problem:
        return problem.detail
    return None


def name_note(choices: tuple[Choice, ...]) -> str:
    """The label of the note field that goes with these buttons."""
    needed = [choice.note for choice in choices if choice.note]
    return f"Note ({', or '.join(needed)})" if needed else "Note (kept in the journal)"


def _find_open(course: Course, state: RunState, item: Item, turn: str | None) -> tuple[Choice, ...]:
    seen = state.get_item(item.id)
    need = course.need(item)
    if seen.status in ("undecided", "no_data"):
        return _WHEN_UNCLEAR
    if seen.status == "failed":
        return (_RETRY, *_replace_machine(need))
    if seen.status == "unknown" and seen.orphan == "running":
        return (_RETRY,)
    if seen.status == "unknown":
        recover = (_RECOVER,) if seen.orphan else ()
        return (_RETRY, *recover, *_replace_machine(need))
    asked = state.asked
    if asked is not None and asked.item == item.id:
        return _WHEN_ASKED.get(asked.reason, ())
    if seen.status == "open" and item.kind == "run" and item.runs == "ask":
        return _WHEN_ASKED["doubt"]
    if seen.status == "open" and need in _AHEAD and course.phases[item.id].id == turn:
        return _WHEN_ASKED[need]
    return ()


def _replace_machine(need: Need) -> tuple[Choice, ...]:
    return (_SKIP_GATE,) if need in ("gate", "decide") else (_TAKE_OVER, _SKIP)
