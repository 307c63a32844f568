"""The report: the same checklist with what really happened, the evidence itself, and the proof."""

from __future__ import annotations

import hashlib
import html
import re
from pathlib import Path

import msgspec
import pytest

from gonogo.kernel.kernel import Kernel
from gonogo.releases import commands
from gonogo.releases.record.excerpts import HEAD_BYTES, TAIL_BYTES, clean_text, read_attempts
from gonogo.releases.record.files import find_folder
from gonogo.releases.record.report import make_report
from gonogo.releases.schemas import Act
from tests.releases.conftest import ANN, BEA
from tests.releases.drive import (
    ATTENDED,
    UNATTENDED,
    load,
    read_journal,
    start,
    wait_asked,
    wait_end,
)
from tests.releases.plans import make_check, make_item, make_phase, make_plan, make_rollback, make_run

HOSTILE = "</pre><script>alert(1)</script> & ```` | <!-- \x1b[31mred\x1b[0m"


async def report_all(kernel: Kernel, run: str) -> dict[str, str]:
    return {form: await make_report(kernel, run, form) for form in ("md", "html", "json")}  # type: ignore[arg-type]


def read_text(page: str) -> str:
    """What a reader sees of an HTML page."""
    return html.unescape(re.sub(r"<[^>]+>", " ", page.partition("<body>")[2]))


async def test_the_evidence_itself_is_in_it(kernel: Kernel, workdir: Path) -> None:
    plan = make_plan(make_phase("p1", make_run("r1", "echo forty loaves; echo too hot >&2")))
    run = await start(kernel, plan, workdir)
    await wait_end(kernel, run)
    digest = hashlib.sha256(b"forty loaves\n").hexdigest()
    for form, text in (await report_all(kernel, run)).items():
        assert "forty loaves" in text and "too hot" in text, form
        assert digest in text, form


async def test_masked_evidence_stays_masked(kernel: Kernel, workdir: Path) -> None:
    plan = make_plan(make_phase("p1", make_run("r1", "echo key $OVEN_PASSWORD")))
    run = await start(kernel, plan, workdir, variables={"OVEN_PASSWORD": "crumb-and-crust"})
    await wait_end(kernel, run)
    for text in (await report_all(kernel, run)).values():
        assert "crumb-and-crust" not in text
        assert "key ***" in text


async def test_long_output_is_cut_to_its_head_and_its_tail(kernel: Kernel, workdir: Path) -> None:
    plan = make_plan(make_phase("p1", make_run("r1", "seq -f 'loaf %06.0f' 1 20000")))
    run = await start(kernel, plan, workdir)
    await wait_end(kernel, run)
    size = 20000 * len("loaf 000001\n")
    for form, text in (await report_all(kernel, run)).items():
        assert "loaf 000001" in text and "loaf 020000" in text, form
        assert "loaf 010000" not in text, form
        assert len(text) < 60_000, form
    assert f"{size - HEAD_BYTES - TAIL_BYTES:,} bytes left out" in text


async def test_nothing_printed_or_typed_becomes_markup(kernel: Kernel, workdir: Path) -> None:
    (workdir / "said").write_text(HOSTILE + "\n")
    plan = make_plan(make_phase("<b>p1</b>", make_run("r1", "cat said"), make_item("h1", "human", text=HOSTILE)))
    run = await start(kernel, plan, workdir, ATTENDED)
    await wait_asked(kernel, run, "h1")
    await commands.skip_item(kernel, ANN, run, "h1", Act(reason=HOSTILE))
    await wait_end(kernel, run)
    page = await make_report(kernel, run, "html")
    assert "<script" not in page and "<b>p1" not in page
    assert "\x1b" not in page
    assert "</pre><script>alert(1)</script> & ````" in read_text(page)
    written = await make_report(kernel, run, "md")
    fence = re.search(r"^  (`{3,})text\n  </pre><script>", written, re.M)
    assert fence is not None and len(fence[1]) == 5, "a fence is longer than any run of ticks in it"


async def test_every_reason_that_a_person_typed_is_in_the_decision_log(kernel: Kernel, workdir: Path) -> None:
    plan = make_plan(
        make_phase(
            "p1",
            make_item("h1", "human"),
            make_item("h2", "human"),
            make_run("r1", "false"),
            make_item("d1", "gate"),
            make_item("h3", "human"),
        )
    )
    run = await start(kernel, plan, workdir, ATTENDED)
    await wait_asked(kernel, run, "h1")
    await commands.tick_item(kernel, ANN, run, "h1", Act(note="smelt it"))
    await commands.skip_item(kernel, ANN, run, "h2", Act(reason="no rye today"))
    await wait_asked(kernel, run, "r1")
    await commands.take_over(kernel, ANN, run, "r1", Act(note="kneaded by hand"))
    await wait_asked(kernel, run, "d1")
    await commands.decide_gate(kernel, BEA, run, "d1", Act(decision="go", note="crust is fine"))
    await wait_asked(kernel, run, "h3")
    await commands.stop_run(kernel, ANN, run, "flour is out")
    await wait_end(kernel, run)
    for form, text in (await report_all(kernel, run)).items():
        log = text.partition("Decision log")[2] if form != "json" else text
        for reason in ("smelt it", "no rye today", "kneaded by hand", "crust is fine", "flour is out"):
            assert reason in log, (form, reason)
        assert BEA.name in log


async def test_what_broke_is_named_and_the_rollback_is_timed(kernel: Kernel, workdir: Path) -> None:
    back = make_phase("back", make_rollback("b1", "echo cooled > oven", promise_s=120.0), role="rollback")
    plan = make_plan(
        make_phase("Bake", make_run("r1", "touch loaf; echo 250 degrees"), make_check("c1", "r1", text="240")),
        back,
    )
    run = await start(kernel, plan, workdir)
    state = await wait_end(kernel, run)
    assert state.rollback is not None
    written = await make_report(kernel, run, "md")
    assert re.search(r"- What broke: Line \d+, Bake: 240", written), written
    assert re.search(r"- Rollback: [\d.]+ s \(promised: 2m\)\.", written)
    page = await make_report(kernel, run, "html")
    assert page.count("<details open>") == 1, "the output that was judged is shown without a click"
    assert "250 degrees" in page


async def test_who_acted_for_whom_and_that_nobody_else_looked(kernel: Kernel, workdir: Path) -> None:
    plan = make_plan(make_phase("p1", make_item("h1", "human"), make_item("s1", "sign", role="Head baker")))
    options = msgspec.structs.replace(UNATTENDED, accept_humans="carl", accepted=("s1",), alone="one account")
    run = await start(kernel, plan, workdir, options)
    await wait_end(kernel, run)
    for form, text in (await report_all(kernel, run)).items():
        assert f"{ANN.name} for carl" in text, form
        assert "One account: signed by who started it. No second person has looked." in text, form


async def test_the_signed_head_and_the_key_that_proves_it(kernel: Kernel, workdir: Path) -> None:
    run = await start(kernel, make_plan(make_phase("p1", make_run("r1", "true"))), workdir)
    await wait_end(kernel, run)
    last = (await read_journal(kernel, run))[-1]
    for form, text in (await report_all(kernel, run)).items():
        assert last.hash in text and last.signature in text and last.signed_with in text, form  # type: ignore[operator]


async def test_the_checklist_keeps_its_own_structure(kernel: Kernel, workdir: Path) -> None:
    plan = make_plan(
        make_phase("Bakery", make_run("r0", "true")),
        make_phase("Morning", path=("Bakery",)),
        make_phase("Dough", make_run("r1", "true"), path=("Bakery", "Morning")),
        make_phase("Evening", make_run("r2", "true"), path=("Bakery",)),
    )
    title = msgspec.structs.replace(plan, source=msgspec.structs.replace(plan.source, title="Bakery"))
    run = await start(kernel, title, workdir)
    await wait_end(kernel, run)
    written = await make_report(kernel, run, "md")
    headings = [line for line in written.splitlines() if line.startswith("#")]
    assert headings == ["# Bakery", "## Morning", "### Dough", "## Evening", "## Decision log", "## Proof"]


async def test_a_full_report_names_what_it_leaves_out_and_keeps_what_failed(kernel: Kernel, workdir: Path) -> None:
    runs = [make_run(f"r{number}", f"seq 1 2000; echo end of {number}") for number in range(5)]
    plan = make_plan(make_phase("p1", *runs, make_run("bad", "seq 1 2000; echo burnt; exit 1")))
    run = await start(kernel, plan, workdir)
    await wait_end(kernel, run)
    entries = await read_journal(kernel, run)
    attempts = read_attempts(find_folder(kernel.config, run), entries, most=20_000)
    shown = {item: each[0].outputs[0] for item, each in attempts.items()}
    assert "burnt" in shown["bad"].text
    assert sum(len(output.text) for output in shown.values()) <= 20_000
    left = [output for output in shown.values() if not output.text]
    assert left and all(output.left_out == output.size and len(output.sha256) == 64 for output in left)


async def test_evidence_that_is_gone_is_said_to_be(kernel: Kernel, workdir: Path) -> None:
    run = await start(kernel, make_plan(make_phase("p1", make_run("r1", "echo here"))), workdir)
    await wait_end(kernel, run)
    (find_folder(kernel.config, run) / "r1.1.out").unlink()
    assert "the file is gone" in await make_report(kernel, run, "md")


async def test_the_release_says_so_itself(kernel: Kernel, workdir: Path) -> None:
    from gonogo.releases.record.release import describe_release

    run = await start(kernel, make_plan(make_phase("p1", make_run("r1", "true"))), workdir)
    await wait_end(kernel, run)
    assert describe_release(await load(kernel, run)).alone == ""


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"a\r\nb\rc\x00\x07d", "a\nb\ncd"),
        (b"\x1b[1;31mred\x1b[0m\x1b]0;title\x07", "red0;title"),
        (b"\xff\xfe", "��"),
    ],
)
def test_output_as_a_page_can_show_it(data: bytes, text: str) -> None:
    assert clean_text(data) == text


def test_hostile_output_is_cleaned_in_linear_time() -> None:
    import time

    for data in (b"\x1b[" * 500_000, b"\x1b[" + b"0;" * 500_000, b"a" * 1_000_000):
        began = time.perf_counter()
        clean_text(data)
        assert time.perf_counter() - began < 1.0
