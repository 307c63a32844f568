from __future__ import annotations

import pytest

from gonogo.releases.reading import blocks
from tests.releases.reading.plans import get_item, list_items, read


def test_gate_on_its_own_line_is_an_item() -> None:
    item = list_items(read("## Deploy\n<!-- gonogo: gate webhooks.success_rate > 95% over 10m -->\n"))[0]
    assert (item.kind, item.expression, item.line) == ("gate", "webhooks.success_rate > 95% over 10m", 2)


def test_gate_beside_a_box_makes_the_box_a_gate() -> None:
    item = list_items(read("## Deploy\n- [ ] Orders come in <!-- gonogo: gate shop.orders > 10/s -->\n"))[0]
    assert (item.kind, item.text, item.expression) == ("gate", "Orders come in", "shop.orders > 10/s")


def test_run_options_reach_every_command_of_the_fence() -> None:
    plan = read(
        "## Deploy\n<!-- gonogo: run timeout=30s retries=2 host=web idempotent -->\n```bash\n./a.sh\n./b.sh\n```\n"
    )
    assert [(i.timeout_s, i.retries, i.host, i.idempotent) for i in list_items(plan)] == [(30.0, 2, "web", True)] * 2


def test_run_beside_an_inline_command() -> None:
    item = list_items(read("## Deploy\n- [ ] Go: `./a.sh now` <!-- gonogo: run timeout=2m -->\n"))[0]
    assert (item.kind, item.timeout_s) == ("run", 120.0)


def test_human_inside_a_box_names_its_role() -> None:
    item = list_items(read("## Deploy\n- [ ] Look at the plan\n  <!-- gonogo: human role=dba -->\n"))[0]
    assert (item.kind, item.role) == ("human", "dba")


def test_soak_with_interval_and_signal() -> None:
    item = list_items(read("## Deploy\n<!-- gonogo: soak 30m every 1m while http.error_rate < 1% -->\n"))[0]
    assert (item.kind, item.duration_s, item.every_s, item.expression) == ("wait", 1800.0, 60.0, "http.error_rate < 1%")


@pytest.mark.parametrize(
    ("note", "action", "options"),
    [
        ("swap service=web", "services.swap", {"service": "web"}),
        ("backup keep=3", "backup", {"keep": "3"}),
        ("verify-env", "verify-env", {}),
        ('secrets scan path="src dir"', "secrets.scan", {"path": "src dir"}),
        ("contract verify again name=api", "contract.verify", {"name": "api", "args": "again"}),
        ("flags.ramp flag=new to=50", "flags.ramp", {"flag": "new", "to": "50"}),
    ],
)
def test_action(note: str, action: str, options: dict[str, str]) -> None:
    item = list_items(read(f"## Deploy\n<!-- gonogo: {note} -->\n"))[0]
    assert (item.kind, item.action, item.options, item.runs) == ("run", action, options, "auto")


def test_an_action_s_retries_are_the_item_s() -> None:
    item = list_items(read("## Verify\n<!-- gonogo: contract verify name=api retries=2 -->\n"))[0]
    assert (item.retries, item.options, item.idempotent) == (2, {"name": "api"}, True)
    assert item.text == "contract verify name=api retries=2"


@pytest.mark.parametrize("note", ["contract", "contract forget", "database", "incident close"])
def test_half_an_action_is_an_error(note: str) -> None:
    [finding] = [each for each in read(f"## Verify\n<!-- gonogo: {note} -->\n").findings if each.rule == "annotation"]
    assert finding.severity == "error"
    assert "is not whole" in finding.message


def test_a_soak_takes_its_length_from_a_variable_with_a_default() -> None:
    item = list_items(read("## Watch\n<!-- gonogo: soak ${SOAK:-30m} every 1m -->\n"))[0]
    assert (item.kind, item.duration_s, item.options) == ("wait", 1800.0, {"length": "${SOAK:-30m}"})


def test_a_soak_needs_a_default_for_its_variable() -> None:
    [finding] = read("## Watch\n<!-- gonogo: soak $SOAK -->\n- [ ] Look\n").findings
    assert (finding.rule, finding.severity) == ("annotation", "error")


def test_action_in_a_rollback_waits_for_the_rollback() -> None:
    item = list_items(read("## Rollback\n<!-- gonogo: restore from=last -->\n"))[0]
    assert (item.kind, item.runs) == ("rollback", "never")


def test_rollback_marks_a_fence_anywhere() -> None:
    plan = read("## Deploy\n<!-- gonogo: rollback level=1 promise=2m -->\n```bash\n./undo.sh\n```\n")
    item = list_items(plan)[0]
    assert (item.kind, item.level, item.promise_s, item.runs, item.binds) == ("rollback", 1, 120.0, "never", "run")


def test_note_on_a_heading_reaches_its_section() -> None:
    plan = read("## Undo it all <!-- gonogo: rollback level=2 -->\n```bash\n./a.sh\n./b.sh\n```\n")
    assert [(i.kind, i.level) for i in list_items(plan)] == [("rollback", 2)] * 2
    assert plan.phases[0].title == "Undo it all"


def test_skip_says_why() -> None:
    plan = read('## Deploy\n<!-- gonogo: skip why="done last week" -->\n```bash\n./a.sh\n```\n- [ ] b\n')
    item = list_items(plan)[0]
    assert (item.kind, item.runs, item.why) == ("info", "never", "skipped: done last week")
    assert get_item(plan, "b").kind == "human"


def test_expect_judges_the_command_above() -> None:
    plan = read("## Deploy\n```bash\n./a.sh\n```\n<!-- gonogo: expect 200 OK -->\n")
    run, check = list_items(plan)
    assert (check.kind, check.judges, check.rule.__class__.__name__) == ("check", run.id, "HttpStatus")


@pytest.mark.parametrize(
    "note",
    [
        "",
        "frobnicate now",
        "gate",
        "gate http.error_rate <",
        "gate http.error_rate < 5 bananas",
        "run timeout=soon",
        "run colour=red",
        "run retries=many",
        "skip",
        "soak forever",
        "soak 30m every",
        'human role="dba',
        "wait a while",
        "rollback level=one",
    ],
)
def test_malformed_annotation_blocks_with_its_line(note: str) -> None:
    plan = read(f"## Deploy\n- [ ] a\n\n<!-- gonogo: {note} -->\n\n```bash\n./a.sh\n```\n")
    assert [(f.rule, f.severity, f.line) for f in plan.findings if f.severity == "error"] == [
        ("annotation", "error", 4)
    ]
    assert blocks(plan)


@pytest.mark.parametrize("text", ["- [ ] a <!-- gonogo: run timeout=3s -->", "<!-- gonogo: expect 200 -->"])
def test_annotation_that_stands_beside_nothing_blocks(text: str) -> None:
    assert blocks(read(f"## Deploy\n{text}\n- [ ] b\n"))


def test_annotation_that_is_never_closed_swallows_nothing() -> None:
    plan = read("## Deploy\n<!-- gonogo: gate shop.orders > 1 ->\n- [ ] a\n<!-- a note -->\n- [ ] b\n")
    assert [i.text for i in list_items(plan) if i.kind == "human"] == ["a", "b"]
    assert next(f.line for f in plan.findings if f.severity == "error") == 2


def test_ordinary_comment_is_only_kept() -> None:
    plan = read("## Deploy\n<!-- ask Bob about this -->\n- [ ] a\n")
    assert [(i.kind, i.text) for i in list_items(plan)] == [("info", "ask Bob about this"), ("human", "a")]
