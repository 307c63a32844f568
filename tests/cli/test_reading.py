"""``gonogo lint`` and ``gonogo plan``."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gonogo.cli.reading import is_binary
from gonogo.releases.plan import Plan
from gonogo.releases.reading import read_checklist
from tests.cli.conftest import Call

BAKERY = """\
# Open the bakery

## Prepare
- [ ] The oven is clean

```sh
./heat-oven --to 220
# Should contain "220 degrees"
ssh -t baker@oven
```

## Watch
- [ ] Queue length < 20

## Sign-off
- [ ] **Head baker**: ____ (opens the door)
"""


@pytest.fixture
def bakery(tmp_path: Path) -> Path:
    path = tmp_path / "bakery.md"
    path.write_text(BAKERY)
    (tmp_path / "heat-oven").write_text("#!/bin/sh\n")
    return path


def test_plan_as_json_is_the_plan(call: Call, bakery: Path) -> None:
    done = call("plan", "bakery.md", "--json")
    assert done.code == 0
    assert msgspec.json.decode(done.out, type=Plan) == read_checklist(BAKERY.encode(), "bakery.md", None)


def test_plan_shows_every_item_with_its_line(call: Call, bakery: Path) -> None:
    out = call("plan", "bakery.md").out
    for phase in read_checklist(BAKERY.encode(), "bakery.md", None).phases:
        for item in phase.items:
            [row] = [line for line in out.splitlines() if line.split()[:2] == [item.kind, str(item.line)]]
            assert (item.command or item.text).split()[0] in row


def test_plan_says_why_something_does_not_run(call: Call, bakery: Path) -> None:
    rows = call("plan", "bakery.md").out.splitlines()
    place = next(number for number, row in enumerate(rows) if "ssh -t baker@oven" in row)
    assert "asks first" in rows[place + 1]


def test_a_plan_folds_what_says_the_same_of_many_lines(call: Call, tmp_path: Path) -> None:
    ticks = "".join(f"- [x] Tray {number}\n" for number in range(6))
    (tmp_path / "trays.md").write_text(f"# Trays\n\n{ticks}\n## Rollback\n```sh\necho a\necho b\necho c\n```\n")
    out = " ".join(call("plan", "trays.md").out.split())
    assert out.count("and 3 more like it") == 1
    assert out.count("is ticked already") == 3
    assert out.count("nothing of it runs on the way") == 1
    assert call("lint", "trays.md").out.count("is ticked already") == 6


def test_a_pipe_gets_no_colours_and_no_blanks_at_line_ends(call: Call, bakery: Path) -> None:
    out = call("plan", "bakery.md").out
    assert "\x1b" not in out
    assert all(line == line.rstrip() for line in out.splitlines())


def test_lint_to_a_pipe_is_one_line_a_finding(call: Call, bakery: Path) -> None:
    done = call("lint", "bakery.md")
    findings = read_checklist(BAKERY.encode(), "bakery.md", None).findings
    assert findings
    assert [line.split(":")[:2] for line in done.out.splitlines()] == [["bakery.md", str(f.line)] for f in findings]
    assert done.code == 0


def test_bindings_of_the_folder_are_used(call: Call, bakery: Path) -> None:
    unbound = call("lint", "bakery.md").out
    Path("gonogo.toml").write_text(
        '[signals]\n"queue length" = "shop.queue"\n[roles]\n"Head baker" = "ada@example.test"\n'
    )
    bound = call("lint", "bakery.md").out
    assert "unbound-metric" in unbound and "unnamed-role" in unbound
    assert "unbound-metric" not in bound and "unnamed-role" not in bound


def test_a_finding_that_blocks_ends_with_2(call: Call, tmp_path: Path) -> None:
    (tmp_path / "odd.md").write_text("# Odd\n\n- [ ] Load <!-- gonogo: gate process.rss << 3 -->\n")
    assert call("lint", "odd.md").code == 2
    done = call("plan", "odd.md")
    assert done.code == 2
    assert "can't run" in done.out


def test_unlike_units_block_before_anything_runs(call: Call, tmp_path: Path) -> None:
    (tmp_path / "units.md").write_text("# Bake\n\n- [ ] hot <!-- gonogo: gate process.rss < 5s -->\n")
    done = call("lint", "units.md")
    assert (done.code, "process.rss is measured in B" in done.out) == (2, True)


def test_a_broken_settings_file_is_told(call: Call, bakery: Path) -> None:
    Path("gonogo.toml").write_text("signals = 3\n")
    done = call("plan", "bakery.md")
    assert done.code == 2
    assert "gonogo.toml" in done.complaint


@pytest.mark.parametrize("command", ["lint", "plan"])
@pytest.mark.parametrize("path", ["nowhere.md", ".", "/dev/null", "picture.md", "locked/inside.md"])
def test_what_is_no_checklist_is_told_in_one_line(call: Call, command: str, path: str) -> None:
    Path("picture.md").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)))
    Path("locked").write_text("a file where a folder should be")
    done = call(command, path)
    assert (done.code, done.out) == (2, "")
    assert done.complaint


def test_a_file_that_may_not_be_read_is_told(call: Call, bakery: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_path: Path) -> bytes:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_bytes", refuse)
    done = call("plan", "bakery.md")
    assert done.code == 2
    assert "Permission denied" in done.complaint


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.binary(max_size=400))
def test_no_bytes_at_all_end_in_a_traceback(call: Call, content: bytes) -> None:
    Path("any.md").write_bytes(content)
    done = call("plan", "any.md")
    assert done.code in (0, 2)
    assert "Traceback" not in done.err


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "latin-1"])
def test_text_in_any_encoding_is_no_binary(encoding: str) -> None:
    assert is_binary("# Öffnen\r\n\r\n- [ ] Tür auf\r\n".encode(encoding)) is False


SET_FROM_OUTSIDE = """\
# Kiosk

## Deploy

```bash
git fetch
git checkout "$VERSION"
```
"""


def test_variables_of_the_run_are_known_before_it(call: Call, tmp_path: Path) -> None:
    (tmp_path / "kiosk.md").write_text(SET_FROM_OUTSIDE)
    given = ("--var", "VERSION=1.4.2")
    assert "[unset]" in call("plan", "kiosk.md", "--check").out
    assert call("plan", "kiosk.md", "--check", *given).code == 0
    assert call("adopt", "kiosk.md", "--check", *given).code == 0
    assert "VERSION" in call("lint", "kiosk.md").out
    assert "VERSION" not in call("lint", "kiosk.md", *given).out
    assert "nothing to ask" in call("adopt", "kiosk.md", *given).out


@pytest.mark.parametrize("command", ["plan", "lint", "adopt"])
def test_a_variable_without_a_name_is_refused(call: Call, bakery: Path, command: str) -> None:
    refused = call(command, "bakery.md", "--var", "1.4.2")
    assert (refused.code, "NAME=VALUE" in refused.complaint) == (2, True)
