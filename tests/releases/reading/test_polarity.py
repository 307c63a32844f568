from __future__ import annotations

import pytest

from gonogo.releases.plan import Item
from gonogo.releases.reading import Bindings
from gonogo.releases.rules import Number
from tests.releases.reading.plans import list_items, read

BOUND = Bindings(signals={"error rate": "http.error_rate", "cpu": "host.cpu", "queue": "queue.depth"})


def describe(item: Item) -> tuple[str, float | None, str, str | None]:
    assert isinstance(item.rule, Number), item
    return str(item.rule.op), item.rule.value, item.rule.polarity, item.doubt


@pytest.mark.parametrize(
    ("line", "reading"),
    [
        ("- [ ] Roll back if error rate > 5%", (">", 5.0, "bad", None)),
        ("- [ ] Abort when the error rate > 4% for 5 minutes", (">", 4.0, "bad", None)),
        ("- If error rate > 5%, run the rollback", (">", 5.0, "bad", None)),
        ("- If error rate > 5%: abort", (">", 5.0, "bad", None)),
        ("- [ ] Stop the rollout at > 2% errors", (">", 2.0, "bad", None)),
        ("- Do not proceed if error rate > 3%", (">", 3.0, "bad", None)),
        ("- [ ] Error rate must stay below 1%", ("<", 1.0, "good", None)),
        ("- [ ] Error rate does not exceed 1%", ("<=", 1.0, "good", None)),
        ("- [ ] No more than 3 restarts", ("<=", 3.0, "good", None)),
        ("- [ ] Error rate < 1%", ("<", 1.0, "good", None)),
    ],
)
def test_words_of_the_line_say_which_way_round(line: str, reading: tuple[str, float, str, str | None]) -> None:
    assert describe(list_items(read(f"## Verify\n{line}\n"))[0]) == reading


@pytest.mark.parametrize(
    "line",
    [
        "- [ ] Alert if queue depth > 1000",
        "- [ ] Page the harbour master when CPU > 90%",
        "- Error rate > 5%",
        "- [ ] Success rate < 99%",
    ],
)
def test_threshold_that_may_be_good_or_bad_is_left_to_a_person(line: str) -> None:
    item = list_items(read(f"## Verify\n{line}\n", BOUND))[0]
    assert (item.kind, item.expression, item.doubt) == ("gate", None, "polarity")


@pytest.mark.parametrize(
    "heading", ["Do not proceed if", "When to worry", "Hold the rollout when", "No-go", "Roll back if", "Stop signs"]
)
def test_heading_turns_its_thresholds_round(heading: str) -> None:
    assert describe(list_items(read(f"## {heading}\n- Error rate > 5%\n"))[0]) == (">", 5.0, "bad", None)


@pytest.mark.parametrize(
    "heading",
    [
        "Pre-flight (STOP IF ANY FAILS)",
        "Checks - stop if any of these fails",
        "Preconditions (ABORT IF ANY IS MISSING)",
        "Pre-flight (NO-GO IF ANY OF THESE FAILS)",
        "Checks (do not continue until all pass)",
    ],
)
def test_strict_section_runs_and_keeps_its_checks_as_they_are(heading: str) -> None:
    run, gate = list_items(read(f"# Ferry\n## {heading}\n```bash\n./look.sh\n```\n- [ ] Free disk >= 20%\n"))
    assert (run.runs, describe(gate)) == ("auto", (">=", 20.0, "good", None))


def test_column_goes_before_the_heading() -> None:
    text = (
        "## Rollback thresholds\n| Metric | Query | Success threshold | **ROLLBACK IF** |\n|-|-|-|-|\n"
        "| Error rate | `q` | < 0.5% | > 2% for 3 minutes |\n"
    )
    gates = [item for item in list_items(read(text, BOUND)) if item.kind == "gate"]
    assert [describe(gate) for gate in gates] == [("<", 0.5, "good", None), (">", 2.0, "bad", None)]
    assert [gate.expression for gate in gates] == ["http.error_rate < 0.5%", "http.error_rate > 2% for 180s"]


def test_normal_is_good_and_an_alert_is_a_persons() -> None:
    items = list_items(read("## Numbers\n| Metric | Normal | Alert |\n|-|-|-|\n| CPU | < 70% | > 85% |\n", BOUND))
    assert [describe(item) for item in items[1:]] == [("<", 70.0, "good", None), (">", 85.0, "bad", "polarity")]


def test_warning_level_is_shown_and_a_critical_one_stops() -> None:
    text = "## Numbers\n| Metric | Warning | Critical |\n|-|-|-|\n| Queue | 100+ | 1000+ |\n"
    items = list_items(read(text, BOUND))
    assert [item.kind for item in items] == ["info", "info", "gate"]
    assert describe(items[2]) == (">=", 1000.0, "bad", None)


def test_alerts_to_have_in_place_are_ticked() -> None:
    assert list_items(read("## Alerts configured\n- [ ] Error rate > 1%\n", BOUND))[0].kind == "human"


@pytest.mark.parametrize("line", ["Rollback time: < 1 minute", "- Rollback within 2 minutes"])
def test_promised_time_is_no_threshold(line: str) -> None:
    assert list_items(read(f"# Ferry\n## Deploy\n{line}\n"))[0].kind != "gate"
