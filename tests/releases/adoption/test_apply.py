"""What answers do to a plan."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gonogo.releases.adoption.entries import NEEDS, Adoption
from gonogo.releases.adoption.questions import ALLOWED, is_doubtful, list_questions
from gonogo.releases.deciding.course import Course
from gonogo.releases.plan import Plan
from gonogo.releases.reading import read_checklist
from gonogo.releases.rules import Contains, Exit, Human, Number
from tests.releases.adoption.conftest import adopt, answer, items_of, make_item, make_plan


def plan_one(kind: str = "run", text: str = "tide --flood", **fields: object) -> Plan:
    fields = {"runs": "ask", "doubt": "destroys", "why": "it floods the dock"} | fields
    return make_plan((("Ferry",), [make_item(kind, text, **fields)]))  # type: ignore[arg-type]


def test_without_answers_the_plan_is_the_same_object() -> None:
    plan = plan_one()
    assert adopt(plan) is plan


def test_run_makes_it_certain_and_says_who_said_so() -> None:
    [item] = items_of(adopt(plan_one(), answer("tide --flood", "run", doubt="destroys")))
    assert (item.runs, item.doubt, item.adopted) == ("auto", None, "run")
    assert "ada@quay" in item.why and "2026-05-04" in item.why


def test_by_hand_is_a_step_for_a_person_with_the_command_as_its_text() -> None:
    plan = adopt(plan_one(), answer("tide --flood", "hand"))
    [item] = items_of(plan)
    assert (item.kind, item.text, item.command, item.runs) == ("human", "tide --flood", None, None)
    assert Course(plan).need(item) == "tick"


def test_left_out_is_off_the_way_with_its_reason() -> None:
    plan = adopt(plan_one(), answer("tide --flood", "out", why="the dock is dry"))
    [item] = items_of(plan)
    assert (item.runs, item.adopted) == ("never", "out")
    assert "the dock is dry" in item.why and "ada@quay" in item.why
    assert Course(plan).main == []


def test_the_host_is_used_when_it_is_known_and_a_persons_otherwise() -> None:
    entry = answer("tide --flood", "host", host="quay")
    [known] = items_of(adopt(plan_one(), entry, hosts=("quay",)))
    assert (known.runs, known.host) == ("auto", "quay")
    [other] = items_of(adopt(plan_one(), entry, hosts=("pier",)))
    assert (other.kind, other.command, other.runs) == ("human", None, None)
    assert "quay" in other.text and "[hosts]" in other.why


def test_a_note_is_only_read() -> None:
    [item] = items_of(adopt(plan_one(), answer("tide --flood", "note")))
    assert (item.kind, item.runs) == ("info", "never")


def test_a_check_goes_where_its_command_goes() -> None:
    run = make_item("run", "tide --flood", runs="ask", doubt="destroys")
    check = make_item("check", "says wet", judges=run, rule=Contains(source="says wet", text="wet"))
    plan = make_plan((("Ferry",), [run, check]))
    _, judged = items_of(adopt(plan, answer("tide --flood", "hand")))
    assert isinstance(judged.rule, Human) and judged.judges is None
    assert Course(plan).need(judged) == "judge"
    _, dropped = items_of(adopt(plan, answer("tide --flood", "out", why="dry")))
    assert dropped.runs == "never"
    _, kept = items_of(adopt(plan, answer("tide --flood", "run")))
    assert kept == items_of(plan)[1]


def test_a_check_of_a_whole_block_stays_when_its_last_command_is_left_out() -> None:
    first = make_item("run", "row", runs="auto", fence="f")
    last = make_item("run", "tide --flood", runs="ask", doubt="destroys", fence="f")
    check = make_item("check", "says wet", judges=last, scope="fence", rule=Contains(source="wet", text="wet"))
    plan = adopt(make_plan((("Ferry",), [first, last, check])), answer("tide --flood", "out", why="dry"))
    judged = items_of(plan)[-1]
    assert (judged.runs, Course(plan).need(judged)) == (None, "judge")


def test_a_rule_is_compiled_and_judges_the_command_before_it() -> None:
    run = make_item("run", "row", runs="auto")
    check = make_item("check", "the boat moves", doubt="expectation", rule=Human(source="x", question="x"))
    plan = make_plan((("Ferry",), [run, check]))
    judged = items_of(adopt(plan, answer("the boat moves", "rule", rule="contains 'moved'")))[1]
    assert isinstance(judged.rule, Contains) and judged.judges == items_of(plan)[0].id
    refused = adopt(plan, answer("the boat moves", "rule", rule="as nice as ever"))
    assert is_doubtful(items_of(refused)[1])
    assert "not a rule" in refused.findings[0].message


def test_a_rule_has_nothing_to_judge_behind_a_command_that_asks() -> None:
    run = make_item("run", "tide --flood", runs="ask", doubt="destroys")
    check = make_item("check", "the boat moves", doubt="expectation", rule=Human(source="x", question="x"))
    plan = adopt(make_plan((("Ferry",), [run, check])), answer("the boat moves", "rule", rule="HTTP 200"))
    assert "no command here that runs" in plan.findings[0].message


def test_a_signal_measures_a_threshold() -> None:
    number = Number(source="waves < 2%", op="<", value=2.0, unit="%", subject="waves")
    plan = plan_one("gate", "waves < 2%", rule=number, runs=None, doubt="signal")
    [item] = items_of(adopt(plan, answer("waves < 2%", "signal", signal="sea.waves")))
    assert item.expression == "sea.waves < 2%"
    [whole] = items_of(adopt(plan, answer("waves < 2%", "signal", signal="sea.waves < 2% over 5m")))
    assert whole.expression == "sea.waves < 2% over 5m"
    wrong = adopt(plan, answer("waves < 2%", "signal", signal="sea waves <"))
    assert wrong.findings and is_doubtful(items_of(wrong)[0])


def test_a_role_belongs_to_a_signature() -> None:
    plan = plan_one("sign", "Harbour signs", runs=None, doubt="role")
    [item] = items_of(adopt(plan, answer("Harbour signs", "role", role="Harbour master")))
    assert (item.role, is_doubtful(item)) == ("Harbour master", False)


@pytest.mark.parametrize("kind", ["gate", "sign"])
@pytest.mark.parametrize("given_answer", ["out", "note", "run"])
def test_decisions_and_signatures_are_never_answered_away(kind: str, given_answer: str) -> None:
    plan = plan_one(kind, "GO/NO-GO", runs=None, doubt="signal")
    after = adopt(plan, answer("GO/NO-GO", given_answer, why="no time"))
    assert items_of(after) == items_of(plan)
    assert after.findings[0].severity == "warning"


@pytest.mark.parametrize("given_answer", sorted({name for names in ALLOWED.values() for name in names}))
def test_what_never_runs_is_never_put_on_the_way(given_answer: str) -> None:
    for kind in ("info", "run"):
        plan = plan_one(kind, command="tide --flood", runs="never", doubt=None)
        fields = {NEEDS[given_answer]: "quay"} if given_answer in NEEDS else {}  # type: ignore[index]
        after = adopt(plan, answer("tide --flood", given_answer, **fields))
        assert items_of(after) == items_of(plan)
        assert "never runs" in after.findings[0].message


def test_a_rollback_command_loses_its_doubt_and_stays_off_the_way() -> None:
    plan = plan_one("rollback", runs="never")
    [item] = items_of(adopt(plan, answer("tide --flood", "run")))
    assert (item.kind, item.runs, item.doubt) == ("rollback", "never", None)
    [by_hand] = items_of(adopt(plan, answer("tide --flood", "hand")))
    assert (by_hand.kind, by_hand.doubt, is_doubtful(by_hand)) == ("rollback", "destroys", False)


def test_another_doubt_about_the_same_line_asks_again() -> None:
    plan = plan_one(doubt="condition", why="only if it rains")
    after = adopt(plan, answer("tide --flood", "run", doubt="destroys"))
    assert is_doubtful(items_of(after)[0])
    assert "only if it rains" in after.findings[0].message


def test_an_entry_that_matches_nothing_is_a_warning_with_its_line() -> None:
    plan = plan_one()
    entries = (answer("tide --flood", "run"), answer("tide --ebb", "run"))
    adoption = Adoption(path="ferry.md.gonogo.toml", entries=entries, lines=(4, 12))
    from gonogo.releases.adoption import adopt_plan

    [finding] = adopt_plan(plan, adoption).findings
    assert (finding.rule, finding.severity) == ("adoption", "warning")
    assert finding.message.startswith("ferry.md.gonogo.toml:12: ") and "tide --ebb" in finding.message


DOCUMENT = """# Ferry

{before}

## Deploy

```bash
tide pull dock:<tag>
{line}
tide pull dock:<tag>
```
"""


def read(before: str = "", line: str = "echo away") -> Plan:
    return read_checklist(DOCUMENT.format(before=before, line=line).encode(), "ferry.md")


def test_answers_outlive_edits_elsewhere_and_ask_again_where_the_line_changed() -> None:
    first, second = list_questions(read())
    entries = (first.answer("hand", "ada", "2026-05-04"), second.answer("hand", "ada", "2026-05-04"))
    assert (first.nth, second.nth) == (1, 2)
    assert list_questions(adopt(read("Some words.\n\n- [ ] A new tick", "echo gone"), *entries)) == ()
    renamed = DOCUMENT.format(before="", line="echo away").replace("<tag>", "<version>", 1)
    [asked] = list_questions(adopt(read_checklist(renamed.encode(), "ferry.md"), *entries))
    assert asked.item.command == "tide pull dock:<version>"


def test_an_item_above_the_first_heading_can_be_answered() -> None:
    plan = read_checklist(b"```bash\ntide pull dock:<tag>\n```\n", "ferry.md")
    [question] = list_questions(plan)
    assert list_questions(adopt(plan, question.answer("hand", "ada", "2026-05-04"))) == ()


@given(st.lists(st.sampled_from(sorted({name for names in ALLOWED.values() for name in names})), max_size=4))
def test_no_answer_runs_what_is_not_certain_without_a_name(kinds: list[str]) -> None:
    plan = make_plan(
        (
            ("Ferry",),
            [make_item("run", f"tide {number}", runs="ask", doubt="destroys") for number in range(4)],
        )
    )
    entries = [
        answer(f"tide {number}", kind, **({NEEDS[kind]: "quay"} if kind in NEEDS else {}))  # type: ignore[index]
        for number, kind in enumerate(kinds)
    ]
    after = adopt(plan, *entries)
    for item in items_of(after):
        assert (item.runs == "auto") == (item.adopted in ("run", "alternative", "host")) or item.kind == "human"
    assert msgspec.json.decode(msgspec.json.encode(after), type=Plan) == after
    assert Exit is not None
