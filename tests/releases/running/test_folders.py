"""Where a `cd` starts when an earlier fence went into a folder and nothing came back."""

from __future__ import annotations

from pathlib import Path

from msgspec.structs import replace

from gonogo.kernel.kernel import Kernel
from gonogo.releases import commands
from gonogo.releases.adoption import Adoption, adopt_plan
from gonogo.releases.adoption.entries import Entry
from gonogo.releases.plan import Item, Plan
from gonogo.releases.schemas import Act
from tests.releases.conftest import ANN
from tests.releases.drive import ATTENDED, UNATTENDED, start, wait_asked, wait_end
from tests.releases.running.test_fences import read


def find(plan: Plan, command: str, nth: int = 0) -> Item:
    return [item for phase in plan.phases for item in phase.items if item.command == command][nth]


async def test_two_fences_that_go_into_one_folder_start_in_one_place(kernel: Kernel, workdir: Path) -> None:
    (workdir / "kiln").mkdir()
    plan = read("cd kiln && echo 1 > first", "echo 2 > second", "cd kiln\necho 3 > third", "cd kiln && echo 4 > fourth")
    state = await wait_end(kernel, await start(kernel, plan, workdir, UNATTENDED))
    assert state.verdict == "go", state.why
    assert sorted(path.name for path in (workdir / "kiln").iterdir()) == ["first", "fourth", "second", "third"]


async def test_it_starts_where_the_first_fence_began_not_where_the_run_did(kernel: Kernel, workdir: Path) -> None:
    (workdir / "town" / "kiln").mkdir(parents=True)
    (workdir / "kiln").mkdir()
    plan = read("cd town", "cd kiln && echo 1 > first", "cd kiln && echo 2 > second")
    asked = find(plan, "cd kiln && echo 1 > first")
    run = await start(kernel, plan, workdir, ATTENDED)
    assert asked.doubt == "folder"
    await wait_asked(kernel, run, asked.id)


async def test_a_folder_that_two_places_have_is_not_guessed(kernel: Kernel, workdir: Path) -> None:
    (workdir / "kiln" / "kiln").mkdir(parents=True)
    plan = read("cd kiln", "cd kiln && touch reached")
    state = await wait_end(kernel, await start(kernel, plan, workdir, UNATTENDED))
    assert state.verdict == "no_go"
    assert "Both" in state.why
    assert not (workdir / "kiln" / "kiln" / "reached").exists()
    assert not (workdir / "kiln" / "reached").exists()


async def test_another_folder_is_asked_and_then_found_where_it_is(kernel: Kernel, workdir: Path) -> None:
    for name in ("kiln", "oven"):
        (workdir / name).mkdir()
    plan = read("cd kiln\ntouch first", "cd oven\ntouch second")
    asked = find(plan, "cd oven")
    run = await start(kernel, plan, workdir, ATTENDED)
    await wait_asked(kernel, run, asked.id)
    await commands.choose_item(kernel, ANN, run, asked.id, Act(note="From the top."))
    later = find(plan, "touch second")
    await wait_asked(kernel, run, later.id)
    await commands.choose_item(kernel, ANN, run, later.id, Act(note="It is there now."))
    state = await wait_end(kernel, run)
    assert state.verdict == "go", state.why
    assert (workdir / "oven" / "second").exists()


async def test_an_adoption_says_that_it_starts_where_the_run_began(kernel: Kernel, workdir: Path) -> None:
    for name in ("kiln/oven", "oven"):
        (workdir / name).mkdir(parents=True)
    plan = read("cd kiln", "cd oven && touch here")
    entry = Entry(
        under=("Release", "Deploy"),
        text="cd oven && touch here",
        answer="run",
        folder="start",
        by="ann",
        at="2026-03-04",
    )
    adopted = adopt_plan(plan, Adoption(entries=(entry,)))
    assert find(adopted, "cd oven && touch here").starts_from == "run"
    state = await wait_end(kernel, await start(kernel, adopted, workdir, UNATTENDED))
    assert state.verdict == "go", state.why
    assert (workdir / "oven" / "here").exists()
    assert replace(adopted, phases=()) == replace(plan, phases=())
