from __future__ import annotations

import re

from hypothesis import example, given, settings
from hypothesis import strategies as st

from gonogo.releases.plan import Plan
from gonogo.releases.reading import Bindings, read_checklist
from tests.releases.reading.plans import list_items

# The machine may be busy: what a reading costs is measured in the benchmark, not here.
UNTIMED = settings(deadline=None)
THOROUGH = settings(deadline=None, max_examples=300)
BOUND = Bindings(signals={"error rate": "http.error_rate"}, roles={"DBA": ("d@shop.test",)})
WORDS = st.sampled_from(
    [
        "Back up",
        "the `cart.db`",
        "**now**",
        "Error rate < 5%",
        "for 30 minutes",
        "GO/NO-GO:",
        "if using Docker",
        "`./a.sh b`",
        "Sign-off by QA lead ____",
        "→ ok",
        "ðŸš€",
        "Expected: 3 rows",
        "YOUR_KEY",
        "<tag>",
        "$HOME",
        "| x |",
        "\\",
        "*",
        "_a_",
        "T-1:00",
    ]
)
TEXT = st.lists(WORDS, min_size=1, max_size=4).map(" ".join)
SHELL = st.sampled_from(
    [
        "./a.sh",
        "cp a b  # Should be 3",
        "# Wait 5 minutes",
        "# OR",
        "if [ -f a ]; then",
        "fi",
        "cat <<EOF",
        "EOF",
        'echo "open',
        "",
        "tail -f x",
        "$ ls",
        "total 0",
        "X=$(y <z>)",
        "cd /path/to",
        "# Docker",
        "# Kubernetes",
        "# - P95 < 3s",
        "done",
        "}",
        "'",
        "&&",
    ]
)
FENCE = st.builds(
    lambda mark, lang, rows, closed: [mark + lang, *rows, *([mark] if closed else [])],
    st.sampled_from(["```", "~~~", "````"]),
    st.sampled_from(["bash", "", "json", "console", "text", "rust"]),
    st.lists(SHELL, max_size=5),
    st.booleans(),
)
LINE = st.one_of(
    st.builds(lambda box, text: [f"- [{box}] {text}"], st.sampled_from(" xX"), TEXT),
    st.builds(lambda n, text: [f"{n}. {text}"], st.integers(1, 30), TEXT),
    st.builds(lambda text: [f"- {text}"], TEXT),
    st.builds(lambda depth, text: ["#" * depth + " " + text], st.integers(1, 5), TEXT),
    st.builds(lambda text: [text], TEXT),
    st.builds(lambda text: ["| a | b |", "|---|---|", f"| {text.replace('|', '/')} | c |"], TEXT),
    st.sampled_from(
        [
            [""],
            ["---"],
            ["===="],
            ["~~~~~~"],
            ["Text::"],
            ["<!-- gonogo: gate x > -->"],
            ["<!-- gonogo: run"],
            ["> - [ ] q"],
        ]
    ),
    FENCE,
)
BLOCK = st.builds(lambda indent, lines: [" " * indent + line for line in lines], st.sampled_from([0, 0, 2, 3, 4]), LINE)
MARKDOWN = st.lists(BLOCK, max_size=14).map(lambda blocks: [line for block in blocks for line in block])


def assert_sound(plan: Plan, lines: int) -> None:
    ids = [item.id for item in list_items(plan)]
    assert len(set(ids)) == len(ids)
    last = max(1, lines)
    for item in list_items(plan):
        assert 1 <= item.line <= item.end_line <= last
        assert item.parent is None or item.parent in ids
        assert item.judges is None or item.judges in ids
        assert item.kind != "run" or item.command is not None or item.action is not None
        assert item.runs == "auto" or item.why or item.command is None
        assert "\n" not in item.text
    for finding in plan.findings:
        assert 1 <= finding.line <= last
        assert finding.message


def cover(plan: Plan) -> set[int]:
    lines = {line for item in list_items(plan) for line in range(item.line, item.end_line + 1)}
    return lines | {line for phase in plan.phases for line in range(phase.line, phase.end_line + 1)}


@UNTIMED
@given(st.binary(max_size=400))
def test_any_bytes_are_read(data: bytes) -> None:
    plan = read_checklist(data, "any.md", BOUND)
    assert plan == read_checklist(data, "any.md", BOUND)


@UNTIMED
@given(st.text(max_size=300))
def test_any_text_is_covered(text: str) -> None:
    lines = re.split("\r\n|\r|\n", text)
    plan = read_checklist(text.encode(errors="replace"), "any.md")
    assert_sound(plan, len(lines))
    assert {at for at, line in enumerate(lines, 1) if line.strip(" \t\x00\ufeff")} <= cover(plan)


@THOROUGH
@given(MARKDOWN, st.sampled_from(["\n", "\r\n"]))
def test_any_markdown_is_covered(lines: list[str], end: str) -> None:
    plan = read_checklist(end.join(lines).encode(), "any.md", BOUND)
    assert_sound(plan, len(lines))
    assert {at for at, line in enumerate(lines, 1) if line.strip()} <= cover(plan)


# What only holds the text together: marks of fences and tables, rules, headings, annotations.
FURNITURE = re.compile(r"^[\s>]*(?:(?:[-*+]|\d+\.)(?:\s+|$))*(?:`{3,}|~{3,}|#|<!--|[-=_*~]{3,}\s*$|\|?[-|: ]+\|?$|$)")


@THOROUGH
@example(["1. Back up", "  1. Back up", "    ```bash", "    ./a.sh", "    ```", "    | a | b |", "    |---|---|"])
@given(MARKDOWN)
def test_every_line_of_words_is_within_an_item(lines: list[str]) -> None:
    plan = read_checklist("\n".join(lines).encode(), "any.md", BOUND)
    held = {line for item in list_items(plan) for line in range(item.line, item.end_line + 1)}
    held |= {phase.line for phase in plan.phases}
    assert [line for at, line in enumerate(lines, 1) if at not in held and not FURNITURE.match(line)] == []


@UNTIMED
@given(st.lists(st.sampled_from(["box", "number", "row", "gate", "fence", "text", "nested"]), min_size=1, max_size=12))
def test_every_box_step_row_and_threshold_stands_at_its_own_line(kinds: list[str]) -> None:
    lines, wanted = ["# Release", "", "## Deploy", ""], []
    for kind in kinds:
        if kind == "box":
            wanted.append(len(lines) + 1)
            lines += ["- [ ] Phone Ann", ""]
        elif kind == "nested":
            wanted += [len(lines) + 1, len(lines) + 5, len(lines) + 6]
            lines += ["- [ ] Ship", "  ```bash", "  ./a.sh", "  ```", "  - [ ] It answers", "  - Latency < 5s", ""]
        elif kind == "number":
            wanted += [len(lines) + 1, len(lines) + 2]
            lines += ["1. Stop", "2. Start", ""]
        elif kind == "row":
            wanted += [len(lines) + 1, len(lines) + 3, len(lines) + 4]
            lines += ["| Step | Command |", "|---|---|", "| Stop | `./a.sh x` |", "| Phone Ann | |", ""]
        elif kind == "gate":
            wanted += [len(lines) + 1, len(lines) + 2]
            lines += ["**Error rate**: < 5%", "**Latency**: < 5s", ""]
        elif kind == "fence":
            wanted += [len(lines) + 2, len(lines) + 3]
            lines += ["```bash", "./a.sh", "./b.sh", "```", ""]
        else:
            lines += ["Some words.", ""]
    plan = read_checklist("\n".join(lines).encode(), "any.md")
    assert set(wanted) <= {item.line for item in list_items(plan)}


@UNTIMED
@given(st.lists(SHELL, max_size=8), st.sampled_from(["Rollback", "Troubleshooting", "Common issues", "Reference"]))
def test_nothing_runs_by_itself_where_nothing_should(rows: list[str], heading: str) -> None:
    text = f"# Release\n\n## {heading}\n\n```bash\n" + "\n".join(rows) + "\n```\n"
    assert all(item.runs != "auto" for item in list_items(read_checklist(text.encode(), "any.md")))
