from __future__ import annotations

from textwrap import dedent

import pytest

from gonogo.releases.rules import Absence, Contains, Count, Exit, HttpStatus, Human
from tests.releases.reading.plans import get_item, list_items, list_rules, read


def test_every_command_of_a_fence_is_an_item_at_its_line() -> None:
    items = list_items(read("## Deploy\n```bash\n# Stop\n./stop.sh\n\n./swap.sh\n./start.sh  # again\n```\n"))
    assert [(i.kind, i.line, i.text, i.command) for i in items] == [
        ("run", 4, "Stop", "./stop.sh"),
        ("run", 6, "./swap.sh", "./swap.sh"),
        ("run", 7, "again", "./start.sh"),
    ]


@pytest.mark.parametrize("lang", ["rust", "nginx", "cron", "typescript", "yaml", "json", "dockerfile"])
def test_a_file_under_a_box_is_what_the_box_asks_for(lang: str) -> None:
    items = list_items(read(f"## Deploy\n- [ ] a\n  ```{lang}\n  rm -rf build\n  ```\n"))
    assert [(i.kind, i.line, i.end_line, i.runs) for i in items[1:]] == [("info", 3, 5, None)]


@pytest.mark.parametrize("lang", ["bash", "sh", "shell", "zsh", "bash title=x", "{.bash}", "console"])
def test_shell_languages_run(lang: str) -> None:
    items = list_items(read(f"## Deploy\n```{lang}\nmake ship\n```\n"))
    assert [i.runs for i in items] == ["auto"]


def test_fence_without_language_runs_when_it_is_all_commands() -> None:
    assert [i.runs for i in list_items(read("## Deploy\n```\nmake build\n./ship.sh now\n```\n"))] == ["auto", "auto"]
    doubtful = list_items(read("## Deploy\n```\nmake build\nand then we wait\n```\n"))
    assert [(i.runs, i.doubt) for i in doubtful] == [("ask", "text"), ("ask", "text")]


def test_session_runs_its_prompts_and_judges_their_output() -> None:
    text = "## Verify\n```console\n$ ./version.sh\n1.2.3\n$ ./list.sh \\\n>   --all\n$ pwd\n/srv\n```\n"
    items = list_items(read(text))
    assert [(i.kind, i.line, i.command) for i in items] == [
        ("run", 3, "./version.sh"),
        ("check", 4, None),
        ("run", 5, "./list.sh \\\n  --all"),
        ("run", 7, "pwd"),
        ("check", 8, None),
    ]
    assert items[1].rule == Contains(source="1.2.3", text="1.2.3")
    assert items[1].judges == items[0].id


@pytest.mark.parametrize("prompt", ["$ ", "ann@web1:~$ ", "(venv) $ ", "% "])
def test_prompts(prompt: str) -> None:
    assert [i.command for i in list_items(read(f"## Deploy\n```bash\n{prompt}ls -l\n```\n"))] == ["ls -l"]


@pytest.mark.parametrize(
    ("comment", "rule"),
    [
        ("# Should return empty", Absence),
        ("# Should be 78 (5 original + 73 new)", Count),
        ("# Expected: 15/15 tests passing", Count),
        ("# Should return 401 Unauthorized", HttpStatus),
        ("# => 200", HttpStatus),
        ("# Expected: OK", Contains),
        ("# Should feel snappy", Human),
    ],
)
@pytest.mark.parametrize("beside", [False, True])
def test_expectation_in_a_comment_judges_the_command_before(comment: str, rule: type, beside: bool) -> None:
    joint = "  " if beside else "\n"
    run, check = list_items(read(f"## Verify\n```bash\n./ask.sh{joint}{comment}\n```\n"))
    assert (check.kind, check.judges, check.line) == ("check", run.id, 3 if beside else 4)
    if comment != "# => 200":
        assert isinstance(check.rule, rule)


def test_expectation_right_above_a_command_judges_that() -> None:
    items = list_items(read("## Verify\n```bash\n./a.sh\n\n# Should return 200\ncurl http://localhost\n```\n"))
    assert items[-1].kind == "check"
    assert items[-1].judges == items[-2].id
    assert items[-2].command == "curl http://localhost"


def test_thresholds_in_comments_become_checks() -> None:
    text = "## Verify\n```bash\n./load.sh\n\n# Verify results\n# - P95 latency < 5s\n# - Error rate < 5%\n```\n"
    plan = read(text)
    load = get_item(plan, "./load.sh")
    checks = [i for i in list_items(plan) if i.kind == "check"]
    assert [(i.line, i.judges, i.scope) for i in checks] == [(6, load.id, "fence"), (7, load.id, "fence")]


def test_wait_between_two_commands() -> None:
    items = list_items(read("## Deploy\n```bash\n./a.sh\n# Wait 10 minutes\n./b.sh\n```\n"))
    assert [(i.kind, i.line, i.duration_s) for i in items] == [("run", 3, None), ("wait", 4, 600.0), ("run", 5, None)]


def test_sleep_stays_a_command_and_its_comment_a_label() -> None:
    items = list_items(read("## Deploy\n```bash\n# Wait 5 minutes\nsleep 300\n```\n"))
    assert [(i.kind, i.text, i.command) for i in items] == [("run", "Wait 5 minutes", "sleep 300")]


def test_variable_nobody_sets_costs_the_later_commands_their_turn() -> None:
    text = """
        ## Verify
        ```bash
        TOKEN=$(curl -f -d YOUR_PASSWORD http://localhost/login)
        curl -f -H "Bearer $TOKEN" http://localhost/a
        curl -f http://localhost/b
        COPY=$TOKEN
        echo ${COPY}
        ```

        ```bash
        echo $TOKEN
        TOKEN=abc
        echo $TOKEN
        ```
        """
    items = [(i.runs, i.command) for i in list_items(read(text))]
    assert [runs for runs, _ in items] == ["ask", "ask", "auto", "ask", "ask", "ask", "auto", "auto"]
    assert "line 4" in list_items(read(text))[1].why


def test_process_that_was_not_started_has_no_number() -> None:
    items = list_items(read("## Watch\n```bash\ntail -f app.log &\nTAIL=$!\nsleep 5\nkill $TAIL\n```\n"))
    assert [i.runs for i in items] == ["ask", "ask", "auto", "ask"]


def test_change_of_directory_that_does_not_happen_stops_the_fence() -> None:
    items = list_items(read("## Deploy\n```bash\ncd /path/to/app\nmake clean\n```\n```bash\nmake ship\n```\n"))
    assert [i.runs for i in items] == ["ask", "ask", "auto"]
    assert [i.doubt for i in items] == ["placeholder", "folder", None]


def test_only_the_unfilled_command_loses_its_turn() -> None:
    items = list_items(read("## Deploy\n```bash\n./a.sh\n./b.sh <tag>\n./c.sh\n```\n"))
    assert [i.runs for i in items] == ["auto", "ask", "auto"]


def test_text_in_a_shell_fence_is_no_command_and_an_order_is_a_step() -> None:
    items = list_items(read("## Deploy\n```bash\n0 2 * * * /srv/clean.sh\nOpen the page and wait\nls\n```\n"))
    assert [(i.kind, i.runs) for i in items] == [("info", "never"), ("human", None), ("run", "auto")]


def test_comments_alone_are_kept() -> None:
    assert [(i.kind, i.text) for i in list_items(read("## Deploy\n```bash\n# Location: .env\n```\n"))] == [
        ("info", "Location: .env")
    ]


def test_comments_in_a_rollback_are_steps() -> None:
    items = list_items(read("## Rollback\n```bash\n# Restore the old settings\n# Critical for billing\n```\n"))
    assert [(i.kind, i.runs) for i in items] == [("rollback", None), ("info", None)]


def test_a_shebang_alone_leaves_it_open_whether_the_lines_are_typed() -> None:
    items = list_items(read("## Deploy\n```bash\n#!/bin/bash\n./a.sh\n```\n"))
    assert [(i.text, i.runs, i.doubt) for i in items] == [("./a.sh", "ask", "text")]


def test_a_file_name_labels_nothing() -> None:
    items = list_items(read("## Deploy\n```bash\n# ship.sh\n./a.sh\n```\n"))
    assert [(i.text, i.command) for i in items] == [("./a.sh", "./a.sh")]


def test_curl_without_fail_is_said_to_be_weak() -> None:
    plan = read("## Verify\n```bash\ncurl http://localhost\n```\n")
    item = list_items(plan)[0]
    assert item.rule == Exit(source="exit 0", weak=True)
    assert "weak evidence" in item.why
    assert ("weak-evidence", 3) in list_rules(plan)


def test_fence_that_is_never_closed_swallows_no_step() -> None:
    plan = read("## Deploy\n```bash\n./a.sh\n\n## Verify\n- [ ] b\n```bash\n./c.sh\n```\n")
    assert [(i.kind, i.line) for i in list_items(plan)] == [("run", 3), ("human", 6), ("run", 8)]
    assert ("unclosed-fence", 2) in list_rules(plan)


def test_fence_whose_text_slid_left_stays_in_its_step() -> None:
    items = list_items(read("## Deploy\n- [ ] a\n  ```bash\n./b.sh\n  ```\n- [ ] c\n"))
    assert [(i.kind, i.line) for i in items] == [("run", 4), ("human", 2), ("human", 6)]
    assert items[0].parent == items[1].id


def test_restructured_text_blocks() -> None:
    text = "Deploy\n~~~~~~\n\nPull::\n\n   git pull --ff-only\n\n.. code-block:: bash\n\n   make ship\n"
    assert [i.command for i in list_items(read(text)) if i.command] == ["git pull --ff-only", "make ship"]


def test_indented_code_runs_like_a_fence_without_language() -> None:
    assert [i.command for i in list_items(read("## Verify\nAsk it:\n\n    curl -f http://localhost\n"))][-1] == (
        "curl -f http://localhost"
    )


def test_an_expectation_may_stand_before_its_command() -> None:
    fence = """
    ./warm
    # Should be active already
    ./probe
    # Both of these should return 200
    curl -I http://kiln/a
    curl -I http://kiln/b
    # Verify health (should be 204)
    curl -I http://kiln/c
    # Count the racks (expect 3)
    ./racks
    """
    plan = read(f"## Deploy\n```bash\n{dedent(fence).strip()}\n```\n")
    items = {item.id: item for item in list_items(plan)}
    found = [(items[item.judges].command, type(item.rule).__name__) for item in items.values() if item.judges]
    assert found == [
        ("./probe", "Contains"),
        ("curl -I http://kiln/a", "HttpStatus"),
        ("curl -I http://kiln/b", "HttpStatus"),
        ("curl -I http://kiln/c", "HttpStatus"),
        ("./racks", "Count"),
    ]


def test_a_check_stays_with_the_fence_right_above_it() -> None:
    plan = read(
        "## Deploy\n```bash\n./set KILN_URL http://k:1\n```\nThen:\n```bash\ngrep KILN_URL .env\n```\n- shows `KILN_URL=http://k:1`\n"
    )
    items = {item.id: item for item in list_items(plan)}
    judged = [items[item.judges].command for item in items.values() if item.judges]
    assert judged == ["grep KILN_URL .env"]


@pytest.mark.parametrize(
    ("first", "second", "doubt"),
    [
        ("cd kiln && make", "cd kiln && make ship", None),
        ("cd kiln\nmake", "cd kiln/\nmake ship", None),
        ("make all\ncd kiln", "cd kiln && make ship", "folder"),
        ("cd kiln\nmake", "cd oven\nmake", "folder"),
        ("cd /srv/kiln\nmake", "cd kiln\nmake ship", "folder"),
        ("cd /srv/kiln\nmake", "cd oven\nmake ship", None),
        ("cd kiln && make && cd ..", "cd oven && make", None),
        ("cd kiln && make && cd -", "cd oven && make", None),
        ("cd kiln && make\ncd ..", "cd kiln && make ship", None),
        ("(cd kiln && make)", "(cd kiln && make ship)", None),
        ("cd kiln && make", "cd /srv/kiln && make ship", None),
        ("cd kiln && make", "cd .. && make ship", None),
        ("cd kiln && make", "make ship", None),
    ],
)
def test_a_fence_that_starts_in_a_folder_of_its_own_asks_after_another_did(
    first: str, second: str, doubt: str | None
) -> None:
    plan = read(f"## Deploy\n```bash\n{first}\n```\n```bash\n{second}\n```\n")
    start = second.split("\n")[0]
    item = [item for item in list_items(plan) if item.command == start][-1]
    assert (item.doubt, item.runs) == (doubt, "ask" if doubt else "auto")
    assert ("folder" in {rule for rule, _ in list_rules(plan)}) is (doubt is not None)


def test_going_deeper_within_a_fence_is_no_doubt() -> None:
    items = list_items(read("## Deploy\n```bash\ncd kiln\nmake\ncd fan\nmake\n```\n"))
    assert {i.runs for i in items} == {"auto"}


@pytest.mark.parametrize("prompt", ["root@kiln:~# ", "ann@kiln:/srv$ ", "[ann@kiln srv]$ "])
def test_a_prompt_that_names_a_host_leaves_open_where_it_is_typed(prompt: str) -> None:
    items = list_items(read(f"## Deploy\n```console\n{prompt}systemctl restart kiln\n```\n"))
    assert [(i.command, i.runs, i.doubt) for i in items] == [("systemctl restart kiln", "ask", "elsewhere")]
