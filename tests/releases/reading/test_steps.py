from __future__ import annotations

import pytest

from gonogo.releases.reading import Bindings
from gonogo.releases.rules import Contains, Count, Exit, HttpStatus, Human, Json, Number
from tests.releases.reading.plans import get_item, list_items, list_rules, read

BOUND = Bindings(signals={"error rate": "http.error_rate", "p95 latency": "http.p95", "latency": "http.p50"})


def test_box_with_inline_command_is_one_run_item() -> None:
    items = list_items(read("## Verify\n- [ ] Health of the shop: `curl -f http://localhost/health`\n"))
    assert [(i.kind, i.text, i.command, i.runs) for i in items] == [
        ("run", "Health of the shop", "curl -f http://localhost/health", "auto")
    ]


@pytest.mark.parametrize(
    "line",
    [
        "Copy `.env.example` to `.env`",
        "CI is green on `main`",
        "`/observability` opens",
        "Use `redis-cli` for a closer look",
        "Review `scripts/deploy.sh` once more",
        "Never run `rm -rf /srv/data`",
        "Deploy with the script instead of `kubectl apply -f .`",
    ],
)
def test_code_that_is_no_order_stays_words(line: str) -> None:
    assert [(i.kind, i.command) for i in list_items(read(f"## Deploy\n- [ ] {line}\n"))] == [("human", None)]


def test_box_whose_command_does_not_run_stays_a_persons() -> None:
    person, run = list_items(read("## Watch\n- [ ] Logs: `tail -f app.log`\n"))
    assert (person.kind, run.kind, run.runs, run.parent) == ("human", "run", "ask", person.id)


def test_two_commands_in_one_box() -> None:
    items = list_items(read("## Deploy\n- [ ] Run `./stop.sh web` and `./start.sh web`\n"))
    assert [i.command for i in items] == ["./stop.sh web", "./start.sh web"]


def test_words_behind_a_command_judge_it() -> None:
    run, check = list_items(read("## Verify\n- [ ] `curl -f http://localhost/` should return 200\n"))
    assert (check.kind, check.judges) == ("check", run.id)
    assert isinstance(check.rule, HttpStatus)


def test_box_that_orders_its_fence_is_settled_by_it() -> None:
    first, second, box = list_items(read("## Deploy\n- [ ] Ship\n  ```bash\n  ./a.sh\n  ./b.sh\n  ```\n"))
    assert (box.kind, box.line, box.end_line, box.judges, box.scope) == ("check", 2, 6, second.id, "fence")
    assert isinstance(box.rule, Exit)
    assert [(i.kind, i.line, i.end_line, i.parent) for i in (first, second)] == [
        ("run", 4, 4, box.id),
        ("run", 5, 5, box.id),
    ]


@pytest.mark.parametrize(
    ("box", "fence", "kind"),
    [
        ("Look at the berths", "./berths.sh", "human"),
        ("Berths are free", "./berths.sh", "human"),
        ("Ship", "./ship.sh <berth>", "human"),
        ("Ship", "curl http://localhost/ship", "human"),
        ("Look at the berths", "./berths.sh\n  # Expected: 6/6 tests passing", "check"),
        ("Harbour answers with status 200", "curl -I http://localhost/", "check"),
    ],
)
def test_box_is_asked_after_its_evidence_unless_that_settles_it(box: str, fence: str, kind: str) -> None:
    items = list_items(read(f"## Deploy\n- [ ] {box}\n  ```bash\n  {fence}\n  ```\n- [ ] Last\n"))
    assert items[-2].text == box
    assert (items[-2].kind, items[0].kind) == (kind, "run")


@pytest.mark.parametrize(
    ("box", "rule", "judged"),
    [
        ("All 12 tests passing", Count, "pytest tests"),
        ("/api/health returns 200 OK", HttpStatus, "curl http"),
        ('Output shows "ready"', Contains, "pytest tests"),
    ],
)
def test_box_below_a_fence_judges_its_command(box: str, rule: type, judged: str) -> None:
    text = "## Verify\n- [ ] Suite\n  ```bash\n  curl http://localhost/api/health\n  pytest tests\n  ```\n"
    plan = read(f"{text}  - [ ] {box}\n")
    check = get_item(plan, box)
    assert (check.kind, check.judges) == ("check", get_item(plan, judged).id)
    assert isinstance(check.rule, rule)


@pytest.mark.parametrize(
    "box",
    [
        "All 5 tables created",
        "No duplicate rows",
        "/api/other returns 200 OK",
        "Dashboard looks right",
        "Python 3.12+ available",
    ],
)
def test_box_that_no_command_can_settle_is_a_persons(box: str) -> None:
    plan = read(f"## Verify\n- [ ] Suite\n  ```bash\n  curl http://localhost/api/health\n  ```\n  - [ ] {box}\n")
    assert list_items(plan)[-1].kind == "human"


@pytest.mark.parametrize(
    "text",
    [
        "Error rate < 5%",
        "P95 latency < 5s",
        "Memory usage: < 500MB",
        "Database reads: < 1ms",
        "API response times within SLA (< 200ms)",
        "Throughput > 100 req/s",
        "p95 latency under 300ms",
        "Queue length stays below 1000",
        "Response times within 10% of baseline",
    ],
)
def test_threshold_is_a_gate(text: str) -> None:
    item = list_items(read(f"## Verify\n- [ ] {text}\n"))[0]
    assert (item.kind, item.line, item.text) == ("gate", 2, text)


@pytest.mark.parametrize(
    "text",
    [
        "Install Node.js >= 18.0.0",
        "Install Redis >= 6.0",
        "Estimate downtime (< 5 minutes expected)",
        "Secrets are strong (64+ characters)",
        "Log retention set (30 days)",
        "Open 10 browser tabs",
        "HEALTH_CPU set (recommendation: 90.0-95.0)",
        "Update within 2 days",
    ],
)
def test_number_that_bounds_nothing_live_is_a_persons(text: str) -> None:
    assert list_items(read(f"## Verify\n- [ ] {text}\n"))[0].kind == "human"


def test_bound_phrase_becomes_an_expression() -> None:
    item = list_items(read("## Success criteria\n- [ ] Error rates < 0.5%\n", BOUND))[0]
    assert item.expression == "http.error_rate < 0.5%"
    assert isinstance(item.rule, Number)
    assert item.rule.signal == "http.error_rate"


@pytest.mark.parametrize(
    ("line", "expression"),
    [
        ("Error rate < 1% over 10 minutes", "http.error_rate < 1% over 600s"),
        ("Roll back if error rate > 2% for 5m", "http.error_rate > 2% for 300s"),
        ("P95 latency < 1.5s", "http.p95 < 1.5s"),
    ],
)
def test_window_goes_into_the_expression(line: str, expression: str) -> None:
    assert list_items(read(f"## Verify\n- {line}\n", BOUND))[0].expression == expression


def test_binding_that_makes_no_expression_goes_to_a_person() -> None:
    plan = read("## Verify\n- Error rate < 1%\n", Bindings(signals={"error rate": "not a signal"}))
    assert list_items(plan)[0].expression is None
    assert "[signals]" in plan.findings[-1].message


def test_longest_phrase_wins() -> None:
    assert list_items(read("## Verify\n- P95 latency < 1s\n", BOUND))[0].expression == "http.p95 < 1s"


def test_unbound_phrase_is_found_out() -> None:
    assert ("unbound-metric", 2) in list_rules(read("## Verify\n- [ ] Cart errors < 5%\n", BOUND))
    assert "unbound-metric" not in dict(list_rules(read("## Verify\n- [ ] Error rate < 5%\n", BOUND)))


@pytest.mark.parametrize(
    ("text", "polarity"),
    [
        ("## Success criteria\n- Error rate < 5%\n", "good"),
        ("## Rollback triggers\n- Error rate > 5%\n", "bad"),
        ("## Immediate alerts\n- [ ] Error rate > 5%\n", "bad"),
        ("## Monitor\n- [ ] Configure alerting:\n  - [ ] Error rate > 5%\n", "bad"),
        ("## Monitor\n**Abort if:**\n\n- Error rate > 5%\n", "bad"),
        ("## Monitor\n- Abort if error rate > 5%\n", "bad"),
        ("## Monitor\n### NO-GO\n- Error rate > 5%\n### GO criteria\n- Cart errors < 1%\n", "bad"),
    ],
)
def test_polarity_comes_from_the_words_above(text: str, polarity: str) -> None:
    item = next(i for i in list_items(read(text)) if "rror rate" in i.text)
    assert item.kind == "gate"
    assert isinstance(item.rule, Number)
    assert item.rule.polarity == polarity


@pytest.mark.parametrize(
    ("text", "criteria"),
    [
        ("- **GO/NO-GO**: All queries answer, no lost orders", ("All queries answer", "no lost orders")),
        ("1. GO / NO-GO: Logs, metrics and traces arrive", ("Logs, metrics and traces arrive",)),
    ],
)
def test_decision_lists_its_criteria(text: str, criteria: tuple[str, ...]) -> None:
    item = list_items(read(f"## Deploy\n{text}\n"))[0]
    assert (item.kind, item.criteria) == ("gate", criteria)
    assert isinstance(item.rule, Human)


def test_decision_as_a_heading_comes_after_its_criteria() -> None:
    items = list_items(read("## GO/NO-GO\n- [ ] Orders flow\n- [ ] Support is calm\n"))
    assert [i.kind for i in items] == ["human", "human", "gate"]
    assert (items[-1].line, items[-1].criteria) == (1, ("Orders flow", "Support is calm"))


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("- [ ] Monitor the logs for 30 minutes", 1800),
        ("- [ ] All services stable for 24 hours", 86400),
        ("- [ ] Soak test (24 hours)", 86400),
        ("1. Hold for 1 hour", 3600),
        ("Wait 10-15 minutes.", 900),
        ("- [ ] 24-hour monitoring", 86400),
        ("- [ ] No errors in the logs for 2h", 7200),
        ("- [ ] Wait until the queue is empty", None),
    ],
)
def test_wait(text: str, seconds: float | None) -> None:
    item = list_items(read(f"## Monitor\n{text}\n"))[0]
    assert (item.kind, item.duration_s) == ("wait", seconds)


@pytest.mark.parametrize(
    "text",
    [
        "Review the logs every 2 hours",
        "Alert cooldown set (15 minutes)",
        "Answer within 10 minutes",
        "Update the 24 hour runbook",
    ],
)
def test_time_that_is_no_wait(text: str) -> None:
    assert list_items(read(f"## Monitor\n- [ ] {text}\n"))[0].kind == "human"


def test_wait_comes_behind_what_it_waits_for() -> None:
    items = list_items(read("## Stage\n1. Soak test (24 hours)\n   ```bash\n   ./load.sh &\n   ```\n"))
    assert [(i.kind, i.command) for i in items] == [("run", "./load.sh &"), ("wait", None)]


@pytest.mark.parametrize(
    ("text", "role"),
    [
        ("## Sign-off\n- [ ] **QA Lead**: verified all tests", "QA Lead"),
        ("## Sign-off\n- [ ] CTO: ______ Date: ______", "CTO"),
        ("## Sign-off\n- [ ] Product owner", "Product owner"),
        ("## Deploy\n- [ ] DevOps Lead Approval", "DevOps Lead"),
        ("## Deploy\n- [ ] Sign-off from the security team", "security team"),
        ("## Approvals\n| Role | Name | Signature |\n|---|---|---|\n| DBA | | |", "DBA"),
    ],
)
def test_signature(text: str, role: str) -> None:
    item = list_items(read(text + "\n"))[-1]
    assert (item.kind, item.role) == ("sign", role)


def test_signature_without_a_name_is_found_out() -> None:
    plan = read("## Sign-off\n**Signature**: ____________\n")
    assert (list_items(plan)[0].kind, list_items(plan)[0].role) == ("sign", None)
    assert ("unnamed-role", 2) in list_rules(plan)


def test_role_with_people_is_not_found_out() -> None:
    named = Bindings(roles={"qa lead": ("ann@shop.test",)})
    assert "unnamed-role" not in dict(list_rules(read("## Sign-off\n- [ ] QA Lead: checked\n", named)))


@pytest.mark.parametrize(
    ("line", "role"),
    [
        ("Migrate (Owner: DBA)", "DBA"),
        ("Tell the press (@maria)", "maria"),
        ("Tell support @sam", "sam"),
        ("Mail a@b.c", None),
    ],
)
def test_owner(line: str, role: str | None) -> None:
    assert list_items(read(f"## Deploy\n- [ ] {line}\n"))[0].role == role


def test_ticked_box_is_open_all_the_same() -> None:
    plan = read("## Deploy\n- [x] Backed up\n* [X] Told everybody\n")
    assert [i.kind for i in list_items(plan)] == ["human", "human"]
    assert list_rules(plan).count(("pre-ticked", 2)) == 1
    assert ("pre-ticked", 3) in list_rules(plan)


def test_bullets_below_a_box_explain_it() -> None:
    items = list_items(read("## Verify\n- [ ] Uploads\n  - Names are checked\n  - Latency < 20ms\n"))
    assert [i.kind for i in items] == ["human", "info", "gate"]


def test_numbered_step_over_work_is_a_title() -> None:
    items = list_items(read("## Deploy\n1. **Ship**\n   ```bash\n   ./a.sh\n   ```\n2. Phone Ann\n"))
    assert [(i.kind, i.line) for i in items] == [("info", 2), ("run", 4), ("human", 6)]


def test_lines_of_one_paragraph_are_told_apart() -> None:
    items = list_items(
        read("## Success criteria\nFine when:\n✅ Pages load\n✅ Error rate < 1%\n✅ Stable for 2 hours\n")
    )
    assert [(i.kind, i.line, i.text) for i in items] == [
        ("info", 2, "Fine when:"),
        ("human", 3, "Pages load"),
        ("gate", 4, "Error rate < 1%"),
        ("wait", 5, "Stable for 2 hours"),
        ("human", 5, "Stable for 2 hours"),
    ]


def test_second_paragraph_of_a_step_is_kept() -> None:
    items = list_items(read("## Deploy\n1. First\n\n   Second thought\n\n   Third thought\n"))
    assert [i.text for i in items] == ["First", "Second thought", "Third thought"]


def test_expected_json_behind_a_fence() -> None:
    text = '## Verify\n```bash\n./status.sh\n```\n\nExpected output:\n\n```json\n{"status": "ok", "took": ...}\n```\n'
    run, check = list_items(read(text))
    assert (check.kind, check.judges, check.line, check.end_line) == ("check", run.id, 6, 10)
    assert isinstance(check.rule, Json)


def test_expected_text_is_never_run() -> None:
    text = "## Verify\n```bash\n./status.sh\n```\n**Expected:**\n```\nls -l was here\n```\n"
    run, check = list_items(read(text))
    assert check.rule == Contains(source="ls -l was here", text="ls -l was here")
    assert [i.command for i in (run, check)] == ["./status.sh", None]


def test_words_behind_a_box_s_command_reach_a_person() -> None:
    plan = read(
        "# Ship\n## Deploy\n- [ ] Run `git log --oneline` and check the authors\n- [ ] `npm test` (two minutes)\n"
    )
    judged = [item for phase in plan.phases for item in phase.items if item.kind == "check"]
    assert [(item.text, type(item.rule).__name__) for item in judged] == [("and check the authors", "Human")]


def test_a_line_that_is_only_a_command_is_one_even_if_the_program_is_unknown() -> None:
    plan = read("# Ship\n## Deploy\n`shipctl to 2`\n## Roll back\n`shipctl to 1`\n")
    found = [(item.kind, item.runs, item.command) for phase in plan.phases for item in phase.items]
    assert found == [("run", "ask", "shipctl to 2"), ("rollback", "never", "shipctl to 1")]


def test_a_tick_before_a_lead_is_decoration() -> None:
    items = list_items(read("## Deploy\n❌ Wrong:\n```sh\nmake all\n```\n✅ Switch traffic to green\n"))
    assert [(item.kind, item.runs) for item in items] == [("info", None), ("run", "never"), ("human", None)]
