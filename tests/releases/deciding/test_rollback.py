"""Which commands a rollback is made of."""

from __future__ import annotations

from typing import Any

import pytest

from gonogo.releases.deciding.course import Course
from gonogo.releases.deciding.rollback import RollbackPlan, list_levels, plan_rollback, why_not_rollback
from gonogo.releases.deciding.state import RunState
from gonogo.releases.deciding.ways import find_doubt, split_ways
from gonogo.releases.plan import Phase
from tests.releases.plans import make_check, make_item, make_phase, make_plan, make_rollback, make_run, make_words


def plan(*phases: Phase, failed: str | None = None, level: int | None = None, **more: frozenset[str]) -> RollbackPlan:
    deploy = make_phase("p1", make_run("r1"))
    return plan_rollback(Course(make_plan(deploy, *phases)), failed, level, **more)


def make_back(key: str, *items: object, **fields: object) -> Phase:
    return make_phase(key, *items, role="rollback", **fields)  # type: ignore[arg-type]


def test_steps_and_words_are_in_order() -> None:
    planned = plan(
        make_back(
            "b",
            make_rollback("b1"),
            make_words("b2"),
            make_words("b3"),
            make_rollback("b4", parent="b3"),
            make_rollback("b5", adopted="out"),
        )
    )
    # Words above a command say what the command does.
    assert planned.items == ("b1", "b2", "b4")


@pytest.mark.parametrize(
    ("fields", "phase", "doubt"),
    [
        ({}, {}, None),
        ({"doubt": "placeholder"}, {}, "placeholder"),
        ({}, {"title": "Option 1: git"}, "alternative"),
        ({"adopted": "run"}, {"title": "Option 1: git"}, None),
        ({"adopted": "hand"}, {}, "comment"),
        ({}, {"title": "Details", "path": ("Rollback", "Method B")}, "alternative"),
    ],
)
def test_doubts_of_a_step(fields: dict[str, Any], phase: dict[str, Any], doubt: str | None) -> None:
    step = make_rollback("x1", **fields)
    rival = make_back("b2", make_rollback("x2"), title="Option 2: processes")
    assert find_doubt(Course(make_plan(make_back("b1", step, **phase), rival)), step) == doubt


def test_picking_a_way_leaves_the_others_out() -> None:
    first = make_back("b1", make_rollback("x1"), make_rollback("x2"), title="Option 1: git")
    second = make_back("b2", make_rollback("x3"), title="Option 2: processes")
    course = Course(make_plan(first, second, make_back("b3", make_rollback("x4"))))
    assert split_ways(course, ["x1", "x2", "x3", "x4"], course.items["x1"]) == (["x2"], ["x3"])


def test_lowest_level_unless_asked() -> None:
    quick = make_back("b1", make_rollback("x1", level=1, promise_s=120.0))
    full = make_back("b2", make_rollback("x2", level=2, promise_s=600.0), make_check("c2", "x2"))
    assert (plan(quick, full).items, plan(quick, full).promise_s) == (("x1",), 120.0)
    asked = plan(quick, full, level=2)
    assert (asked.items, asked.verification, asked.promise_s) == (("x2",), ("c2",), 600.0)
    assert list_levels(Course(make_plan(quick, full))) == [1, 2]


def test_own_rollback_of_the_failed_phase_first() -> None:
    own = make_back("b1", make_rollback("x1"), binds="p1")
    whole = make_back("b2", make_rollback("x2"), binds="run")
    assert (plan(own, whole, failed="p1").items, plan(own, whole, failed="p1").phase) == (("x1",), "p1")
    assert (plan(own, whole, failed="r1").items, plan(own, whole, failed="r1").phase) == (("x1",), "p1")
    assert (plan(own, whole, failed="p7").items, plan(own, whole).phase) == (("x2",), None)


THREE_STEPS = (
    make_phase("p2", make_run("r2")),
    make_phase("p3", make_item("h3", "human")),
    make_phase("p4", make_run("r4")),
    make_back("b2", make_rollback("x2"), make_rollback("y2"), binds="p2"),
    make_back("b3", make_rollback("x3"), binds="p3"),
    make_back("b4", make_rollback("x4"), binds="p4"),
)


@pytest.mark.parametrize(
    ("changed", "items"),
    [
        ({"r2"}, ("x2", "y2")),
        ({"r2", "h3"}, ("x3", "x2", "y2")),
        ({"r2", "r4"}, ("x4", "x2", "y2")),
        (set(), ()),
    ],
)
def test_steps_reached_are_undone_last_first(changed: set[str], items: tuple[str, ...]) -> None:
    assert plan(*THREE_STEPS, failed="r4", changed=frozenset(changed)).items == items


def test_bound_to_one_step_of_a_phase() -> None:
    steps = make_phase(
        "p2", make_run("r2"), make_rollback("x2", binds="r2"), make_run("r3"), make_rollback("x3", binds="r3")
    )
    assert plan(steps, failed="r3", changed=frozenset({"r2", "r3"})).items == ("x3", "x2")
    assert plan(steps, failed="r3", changed=frozenset({"r2"})).items == ("x2",)


def test_phase_is_reached_through_its_sub_headings() -> None:
    above = make_phase("p2", title="Phase A")
    below = make_phase("p3", make_run("r3"), title="Copy", path=("Phase A",))
    back = make_back("b", make_rollback("x1"), binds="p2")
    assert plan(above, below, back, failed="r3", changed=frozenset({"r3"})).items == ("x1",)
    assert plan(above, below, back, failed="r3", changed=frozenset()).items == ()


def test_rollback_that_only_checks_is_none() -> None:
    course = Course(
        make_plan(make_phase("p1", make_run("r1")), make_back("b", make_rollback("x1", "curl -f http://x")))
    )
    refusal = why_not_rollback(course, RunState(changed=True))
    assert refusal is not None
    assert "only checks" in refusal


def test_verification_is_no_part_of_the_time() -> None:
    back = make_back("b1", make_rollback("x1"))
    after = make_back(
        "b2", make_rollback("v1", "curl -f http://x/"), make_check("c1", "v1"), title="Rollback verification"
    )
    assert (plan(back, after).items, plan(back, after).verification) == (("x1",), ("v1", "c1"))


def test_options_of_one_rollback_are_offered_together_whatever_a_word_binds_them_to() -> None:
    first = make_back("b1", make_rollback("x1"), title="Option 1: old lamps", path=("Rollback",), binds="p1")
    second = make_back("b2", make_rollback("x2"), title="Option 2: everything", path=("Rollback",), binds="run")
    assert plan(first, second).items == ("x1", "x2")
    alone = make_back("b3", make_rollback("x3"), title="Old lamps", path=("Rollback",), binds="p1")
    assert plan(alone, make_back("b4", make_rollback("x4"), binds="run")).items == ("x4",)
