"""What background processes write, and how they end, is evidence as well."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from gonogo.kernel.kernel import Kernel
from gonogo.releases.record.files import find_folder
from gonogo.releases.record.report import make_report
from gonogo.releases.record.signing import Signer
from gonogo.releases.record.verify import check_record, make_trust
from tests.releases.drive import read_journal, start, wait_end
from tests.releases.plans import make_phase, make_plan, make_run

TALKER = "(until [ -e go ]; do sleep 0.05; done; echo served 1000; echo slow >&2; touch said; exit 3) &"
WAITER = """touch go
wait $!
[ $? = 3 ] && until [ -s {folder}/r1.1.out-later ] && [ -s {folder}/r1.1.err-later ]; do sleep 0.05; done"""


@pytest.fixture
async def run(kernel: Kernel, workdir: Path) -> str:
    folder = f"{kernel.config.folder}/runs/*"
    plan = make_plan(make_phase("p1", make_run("r1", TALKER), make_run("r2", WAITER.format(folder=folder))))
    run = await start(kernel, plan, workdir)
    assert (await wait_end(kernel, run)).verdict == "go"
    return run


async def test_later_output_and_its_process_are_in_the_journal_and_signed(kernel: Kernel, run: str) -> None:
    journal = await read_journal(kernel, run)
    [kept] = [entry for entry in journal if entry.name == "background_kept"]
    assert (kept.item, kept.data["attempt"], journal[-1].name) == ("r1", 1, "finished")
    evidence = kept.data["evidence"]
    assert evidence["stdout-later"]["sha256"] == hashlib.sha256(b"served 1000\n").hexdigest()
    assert evidence["stderr-later"]["size"] == len("slow\n")
    [process] = kept.data["processes"]
    assert process["exit_code"] == 3
    assert "ended with exit code 3" in kept.data["why"]


async def test_the_report_shows_it(kernel: Kernel, run: str) -> None:
    for form in ("md", "html", "json"):
        text = await make_report(kernel, run, form)  # type: ignore[arg-type]
        assert "served 1000" in text and "ended with exit code 3" in text, form


async def test_it_may_grow_and_may_not_change(kernel: Kernel, run: str) -> None:
    later = find_folder(kernel.config, run) / "r1.1.out-later"
    with later.open("a") as file:
        file.write("served 2000\n")
    proof = await check_record(kernel, run, make_trust(kernel.get_part(Signer)))
    assert proof.ok, proof.why
    later.write_text("served 9999\nserved 2000\n")
    proof = await check_record(kernel, run, make_trust(kernel.get_part(Signer)))
    assert (proof.ok, proof.changed_evidence) == (False, ("r1.1.out-later",))


async def test_a_process_elsewhere_is_said_not_to_be_seen(kernel: Kernel, workdir: Path) -> None:
    kernel.config.tables["hosts"] = {"quay": {"command": ["env"]}}
    gate = workdir / "go"
    line = f"(until [ -e {gate} ]; do sleep 0.05; done) & PID=$!"
    stop = f"kill $PID; while kill -0 $PID; do sleep 0.05; done; touch {gate}"
    steps = (make_run("r1", line, host="quay"), make_run("r2", stop, host="quay", timeout_s=30.0))
    run = await start(kernel, make_plan(make_phase("p1", *steps)), workdir)
    assert (await wait_end(kernel, run)).verdict == "go"
    [kept] = [entry for entry in await read_journal(kernel, run) if entry.name == "background_kept"]
    assert (kept.item, kept.data["processes"][0]["exit_code"]) == ("r1", None)
    assert "on quay, where its end is not seen" in kept.data["why"]


async def test_a_process_that_goes_on_is_said_to(kernel: Kernel, workdir: Path) -> None:
    endless = "(until [ -e go ]; do sleep 0.05; done) &"
    run = await start(kernel, make_plan(make_phase("p1", make_run("r1", endless))), workdir)
    assert (await wait_end(kernel, run)).verdict == "go"
    [kept] = [entry for entry in await read_journal(kernel, run) if entry.name == "background_kept"]
    (workdir / "go").touch()
    assert (kept.data["evidence"], kept.data["processes"][0]["exit_code"]) == ({}, None)
    assert "still running" in kept.data["why"]
    assert "still running" in await make_report(kernel, run, "md")
