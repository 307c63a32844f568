from __future__ import annotations

import pytest

from gonogo.releases.reading import blocks
from tests.releases.reading.plans import list_rules, read


@pytest.mark.parametrize("text", ["", "\n\n", "# Title\n", "# Notes\nJust prose.\n", "## Contacts\n- Ann: 555\n"])
def test_file_with_nothing_to_do_blocks(text: str) -> None:
    plan = read(text)
    assert list_rules(plan) == [("empty-checklist", 1)]
    assert blocks(plan)


def test_real_life_does_not_block() -> None:
    text = "## Deploy\n- [x] a\n```bash\n./b.sh YOUR_KEY\nnano .env\ntail -f x\n```\n"
    text += "- [ ] Error rate < 5%\n```bash\nopen\n"
    plan = read(text)
    assert not blocks(plan)
    assert {rule for rule, _ in list_rules(plan)} >= {
        "pre-ticked",
        "placeholder",
        "interactive",
        "never-ending",
        "unbound-metric",
        "unclosed-fence",
    }


@pytest.mark.parametrize(
    ("first", "second", "clash"),
    [
        ("## Success criteria\n- Error rate < 5%", "## Rollback triggers\n- Error rate > 1%", True),
        ("## Success criteria\n- Error rate < 1%", "## Rollback triggers\n- Error rate > 5%", False),
        ("## Success criteria\n- Latency < 2s", "## Rollback triggers\n- Latency > 500ms", True),
        ("## Success criteria\n- Latency < 200ms", "## Rollback triggers\n- Latency > 1s", False),
        ("## Success criteria\n- Hit rate > 95%", "## Targets\n- Hit rate < 90%", True),
        ("## Success criteria\n- Hit rate > 95%", "## Targets\n- Hit rate > 90%", False),
        ("## Success criteria\n- Error rate < 5%", "## Rollback triggers\n- Latency > 1s", False),
    ],
)
def test_contradictory_thresholds(first: str, second: str, clash: bool) -> None:
    rules = list_rules(read(f"# R\n{first}\n{second}\n"))
    assert (("contradictory-thresholds", 5) in rules) is clash


def test_findings_stand_in_the_order_of_their_lines() -> None:
    lines = [line for _, line in list_rules(read("## Deploy\n- [x] a\n- [x] b\n```bash\nnano c\n```\n"))]
    assert lines == sorted(lines)
