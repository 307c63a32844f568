"""Which commands a rollback is made of."""

from __future__ import annotations

from gonogo.releases.deciding.course import Course
from gonogo.releases.deciding.rollback import RollbackPlan, list_levels, plan_rollback
from gonogo.releases.plan import Phase
from tests.releases.plans import make_check, make_item, make_phase, make_plan, make_rollback, make_run


def plan(*phases: Phase, failed: str | None = None, level: int | None = None, **more: frozenset[str]) -> RollbackPlan:
    deploy = make_phase("p1", make_run("r1"))
    return plan_rollback(Course(make_plan(deploy, *phases)), failed, level, **more)


def make_back(key: str, *items: object, **fields: object) -> Phase:
    return make_phase(key, *items, role="rollback", **fields)  # type: ignore[arg-type]


def test_placeholders_words_and_other_choices_stay_out() -> None:
    planned = plan(
        make_back(
            "b",
            make_rollback("b1", why="this belongs to rolling back: it runs only then"),
            make_rollback("b2", runs="never", why="fill in YOUR_TAG first"),
            make_rollback("b3", why='"OR" is an alternative: it runs only if a person chooses it'),
            make_rollback("b4", why='"Docker" is one of 2 ways: a person chooses'),
            make_item("b5", "rollback"),
        )
    )
    assert planned.items == ("b1",)


def test_only_the_first_option() -> None:
    first = make_back("b1", make_rollback("x1"), title="Option 1: git")
    second = make_back("b2", make_rollback("x2"), title="Option 2: processes")
    below = make_back("b3", make_rollback("x3"), title="Details", path=("Rollback", "Method B"))
    assert plan(first, second, below).items == ("x1",)


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
    assert (plan(own, whole, failed="p7").items, plan(own, whole).phase) == (("x2",), None)


def test_nothing_for_the_whole_run_means_every_phase_begun() -> None:
    one = make_back("b1", make_rollback("x1"), binds="p1")
    two = make_back("b2", make_rollback("x2"), binds="p2")
    assert plan(one, two, begun=frozenset({"p1"})).items == ("x1",)
    assert plan(one, two).items == ("x1", "x2")


def test_verification_is_no_part_of_the_time() -> None:
    back = make_back("b1", make_rollback("x1"))
    after = make_back(
        "b2", make_rollback("v1", "curl -f http://x/"), make_check("c1", "v1"), title="Rollback verification"
    )
    assert (plan(back, after).items, plan(back, after).verification) == (("x1",), ("v1", "c1"))
