from __future__ import annotations

import pytest

from gonogo.releases.rules import Human
from tests.releases.reading.plans import list_items, read


@pytest.mark.parametrize(
    "line",
    [
        "**STOP HERE if the tide is out.**",
        "**Stop and call the harbour if a rope is torn.**",
        "**Abort when the fog comes in**",
        "If the fog comes in, stop the boarding.",
    ],
)
def test_sentence_that_stops_asks_whether_it_has_happened(line: str) -> None:
    item = list_items(read(f"# Ferry\n## Deploy\n```bash\n./x.sh\n```\n\n{line}\n\n```bash\n./y.sh\n```\n"))[1]
    assert item.kind == "gate"
    assert isinstance(item.rule, Human)
    assert "NO-GO" in item.rule.question


@pytest.mark.parametrize(
    "line",
    [
        "**Proceed only if the deck is empty.**",
        "**Do not continue until the captain waves.**",
        "Do not start before 02:00 UTC.",
        "**Wait for the captain's thumbs-up before the next step.**",
        "> **Checkpoint:** the harbour master says go.",
        "**Gate 2:** ten cars aboard, none too long",
        "**STOP**",
        "Only continue once the ramp is up.",
    ],
)
def test_sentence_that_holds_asks_whether_it_may_go_on(line: str) -> None:
    item = list_items(read(f"# Ferry\n## Deploy\n```bash\n./x.sh\n```\n\n{line}\n\n```bash\n./y.sh\n```\n"))[1]
    # A wait without a length ends when a person says so.
    assert isinstance(item.rule, Human) if item.kind == "gate" else (item.kind, item.duration_s) == ("wait", None)


@pytest.mark.parametrize(
    ("line", "seconds"),
    [
        ("**Wait 10 minutes before you open the ramp.**", 600.0),
        ("**Wait 10 minutes**", 600.0),
        ("**Monitor for 24-48 hours:**\n\n- Drift < 1%", 172800.0),
        ("**Monitor for 45 minutes.**", 2700.0),
        ("Allow 90 seconds for the boiler.", 90.0),
    ],
)
def test_bold_sentence_with_a_length_is_a_wait(line: str, seconds: float) -> None:
    waits = [item for item in list_items(read(f"# Ferry\n## Deploy\n{line}\n")) if item.kind == "wait"]
    assert [item.duration_s for item in waits] == [seconds]


def test_bold_words_above_a_list_stay_a_heading() -> None:
    plan = read(
        "# Ferry\n## Verify\n**Abort if:**\n\n- Fog comes in\n\n**Restart the pumps**\n\n```bash\n./p.sh\n```\n"
    )
    assert [phase.title for phase in plan.phases] == ["Ferry", "Verify", "Abort if", "Restart the pumps"]


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("**Tell the harbour office that we leave**", "human"),
        ("Notify the passengers.", "human"),
        ("Check the ropes on both sides.", "human"),
        ("Expected: the ramp comes down within 2 minutes.", "human"),
        ("Test results are kept for a year.", "info"),
        ("Release window: Tuesday night", "info"),
        ("This section is about ropes.", "info"),
        ("Follow these steps in order.", "info"),
        ("Run this:", "info"),
    ],
)
def test_plain_sentence_reaches_somebody_when_it_gives_an_order(line: str, kind: str) -> None:
    assert list_items(read(f"# Ferry\n## Deploy\n{line}\n"))[0].kind == kind


def test_list_below_expected_judges_the_fence_above() -> None:
    text = "## Verify\n```bash\ncat ferry.env\n```\nExpected:\n\n- `DECK=upper`\n- `RAMP=down`\n"
    items = list_items(read(text))
    assert [(i.kind, i.judges, i.scope) for i in items[2:]] == [("check", items[0].id, "fence")] * 2
    assert items[1].kind == "info"


def test_list_of_things_to_see_without_a_command_is_a_persons() -> None:
    text = "## Verify\nYou should see:\n\n- the name of the ferry\n- a green lamp\n"
    assert [item.kind for item in list_items(read(text))] == ["info", "human", "human"]


@pytest.mark.parametrize(
    "claim", ["Stable for 2 hours", "No errors in the log for 20 minutes", "The link stays connected for 5 minutes"]
)
def test_claim_over_time_is_a_wait_and_a_person_at_its_end(claim: str) -> None:
    wait, person = list_items(read(f"## Verify\n- [ ] {claim}\n"))
    assert (wait.kind, person.kind, person.text) == ("wait", "human", claim)


def test_soak_of_a_heading_comes_before_the_decision() -> None:
    items = list_items(read("## Soak (30 minutes)\n- [ ] Deck is dry\n- **GO/NO-GO**: nobody is seasick\n"))
    assert [item.kind for item in items] == ["human", "wait", "gate"]


@pytest.mark.parametrize(
    "text",
    [
        "## Soak (30 minutes)\nWatch it for 30 minutes.\n",
        "## Soak (30 minutes)\n### Deck\nWatch it for 30 minutes.\n",
        "## Soak (30 minutes)\n### Soak of the deck (30 minutes)\n- [ ] dry\n",
    ],
)
def test_same_soak_said_twice_is_one(text: str) -> None:
    assert sum(item.kind == "wait" for item in list_items(read(text))) == 1


def test_waits_of_good_advice_are_none() -> None:
    text = "# Ferry\n## Deploy\n- [ ] a\n## Best practices\n- Wait at least a week\n- Monitor for 30 minutes\n"
    assert [item.kind for item in list_items(read(text))] == ["human", "info", "info"]
