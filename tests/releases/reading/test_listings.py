from __future__ import annotations

import pytest

from tests.releases.reading.plans import list_items, read


def _list(text: str) -> list[tuple[str, str | None, str | None]]:
    return [(i.kind, i.runs, i.doubt) for i in list_items(read(text)) if i.line > 2]


@pytest.mark.parametrize(
    "script",
    [
        "#!/bin/bash\nKILN=$1\nmake heat KILN=$KILN",
        "#!/usr/bin/env bash\nBASE=${1:-http://kiln}\ncurl -f $BASE/health",
        "#!/bin/sh\n# heat.sh\nmake heat",
        "#!/bin/bash\nmake heat || exit 1\nexit 0",
    ],
)
def test_a_script_with_shebang_is_shown_and_not_run(script: str) -> None:
    assert _list(f"## Deploy\n\n```bash\n{script}\n```\n") == [("info", "never", "text")]


@pytest.mark.parametrize("lead", ["Create `heat.sh`:", "Save this as heat.sh:", "Write the script **heat.sh**:"])
def test_a_file_that_is_to_be_made_is_a_step(lead: str) -> None:
    text = f"## Deploy\n\n{lead}\n```bash\n#!/bin/bash\nmake heat\n```\n"
    assert [(i.kind, i.runs) for i in list_items(read(text)) if i.line > 3] == [("human", None), ("info", "never")]


@pytest.mark.parametrize("script", ["#!/bin/bash\nmake heat", "make heat KILN=$1"])
def test_what_may_be_a_listing_asks(script: str) -> None:
    assert _list(f"## Deploy\n\n```bash\n{script}\n```\n") == [("run", "ask", "text")]


@pytest.mark.parametrize("line", ["awk '{print $1}' kiln.log", "heat() { make heat KILN=$1; }"])
def test_a_positional_parameter_in_its_own_place_is_no_listing(line: str) -> None:
    assert _list(f"## Deploy\n\n```bash\n{line}\n```\n") == [("run", "auto", None)]


@pytest.mark.parametrize("lead", ["Add to `.env.production`:", "Edit the .env file:"])
def test_the_text_of_a_settings_file_is_no_command(lead: str) -> None:
    text = f"## Deploy\n\n{lead}\n```bash\nHEAT=900\nCONE=6\n```\n"
    assert "auto" not in {i.runs for i in list_items(read(text))}
    assert "human" in {i.kind for i in list_items(read(text))}


def test_the_script_of_a_rollback_stays_its_rollback() -> None:
    text = "## Rollback\n\n```bash\n#!/bin/bash\nmake cold || exit 1\nexit 0\n```\n"
    assert [i.kind for i in list_items(read(text))] == ["rollback", "rollback"]
    named = "## Rollback\n\n```bash\n#!/bin/bash\nmake cold KILN=$1\n```\n"
    assert [(i.kind, i.doubt) for i in list_items(read(named))] == [("rollback", "text")]
