"""Whether it is the turn of an act: what must be settled, open or under way before a person may do it. Pure."""

from __future__ import annotations

from gonogo.releases.deciding.course import Need
from gonogo.releases.deciding.decide import find_current
from gonogo.releases.deciding.state import SETTLED, ItemState
from gonogo.releases.deciding.steps import find_need
from gonogo.releases.deciding.verdicts import name_item
from gonogo.releases.errors import WrongMove
from gonogo.releases.plan import Item
from gonogo.releases.record.ledger import Run


def check_need(at: Run, item: Item, needs: tuple[Need, ...], verb: str) -> None:
    """Raises WrongMove unless the item takes one of these."""
    need = find_need(at.course, at.state, item)
    if need not in needs:
        raise WrongMove(f"'{item.text}' can't be {verb}: it takes a {need}.", field="item")


def check_open(item: Item, seen: ItemState) -> None:
    """Raises WrongMove once it is settled, and while it runs."""
    if seen.status in SETTLED:
        raise WrongMove(
            f"'{item.text}' is settled already ({seen.status} by {seen.by or 'the machine'}).", field="item"
        )
    if seen.status == "running":
        raise WrongMove(f"'{item.text}' is running; wait for its end, or stop the run.", field="item")


def check_ended(item: Item, seen: ItemState) -> None:
    """Raises WrongMove while a command without a server still runs."""
    if seen.status == "unknown" and seen.orphan == "running":
        raise WrongMove(
            f"'{item.text}' still runs, started before the server was. Wait for its end; trying again ends it first.",
            field="item",
        )


def check_rollback(at: Run, item: Item) -> None:
    """Steps of a rollback are acted on while it is under way, and never before."""
    rollback = at.state.rollback
    steps = (*rollback.items, *rollback.verification) if rollback is not None else ()
    belongs = at.course.phases[item.id].role == "rollback" or item.kind == "rollback"
    if belongs and (rollback is None or rollback.finished_at or item.id not in steps):
        raise WrongMove(f"'{item.text}' belongs to a rollback that is not under way.", field="item")


def check_turn(at: Run, item: Item) -> None:
    """Open human items of the phase under way may be settled ahead of their turn, later phases not."""
    if at.course.phases[item.id].role == "followup" or at.course.is_for_later(item):
        return
    if at.course.phases[item.id].role == "rollback" or item.kind == "rollback":
        check_rollback(at, item)
        return
    current = find_current(at.course, at.state) or item
    if at.course.place(item.id) > at.course.place(current.id):
        raise WrongMove(
            f"'{item.text}' belongs to a later phase; it can be settled once the run is there.", field="item"
        )


def check_evidence(at: Run, item: Item) -> None:
    """A GO and a signature rest on what comes before them: they wait for it."""
    way = at.course.main
    before = way[: way.index(item)] if item in way else []
    missing = [each for each in before if at.state.get_item(each.id).status not in SETTLED]
    waiting = next((each for each in missing if at.course.is_machine(each)), None)
    if waiting is not None:
        raise WrongMove(f"'{item.text}' comes after {name_item(waiting)}, which is still open.", field="item")
