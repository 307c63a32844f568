from __future__ import annotations

import pytest

from tests.releases.reading.plans import list_items, read


@pytest.mark.parametrize(
    ("line", "answers"),
    [
        ("**FINAL DECISION**: ☐ GO | ☐ NO-GO | ☐ POSTPONE", ("GO", "NO-GO", "POSTPONE")),
        ("**Outcome:** [ ] SUCCESS [ ] ROLLBACK REQUIRED", ("SUCCESS", "ROLLBACK REQUIRED")),
        ("**Status:** ⬜ GO ⬜ NO-GO", ("GO", "NO-GO")),
        ("- [ ] GO / [ ] NO-GO", ("GO", "NO-GO")),
        ("[ ] ACCEPTED [ ] ACCEPTED WITH REMARKS [ ] REJECTED", ("ACCEPTED", "ACCEPTED WITH REMARKS", "REJECTED")),
        ("- [ ] APPROVED\n- [ ] REJECTED", ("APPROVED", "REJECTED")),
    ],
)
def test_boxes_to_choose_from_are_one_decision(line: str, answers: tuple[str, ...]) -> None:
    (item,) = list_items(read(f"## Verify\n{line}\n"))
    assert (item.kind, item.criteria, item.options["choices"]) == ("gate", answers, " | ".join(answers))
    assert all(answer in getattr(item.rule, "question", "") for answer in answers)


@pytest.mark.parametrize(
    "line", ["- [ ] Approved the timetable\n- [ ] Rejected cargo is off board", "- [ ] Web [ ] Workers"]
)
def test_boxes_that_decide_nothing_stay_boxes(line: str) -> None:
    assert {item.kind for item in list_items(read(f"## Verify\n{line}\n"))} == {"human"}
