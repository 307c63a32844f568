"""Reading beside the event loop: the same plan, within a budget, whatever the document."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import psutil
import pytest

from gonogo.releases.errors import PlanTooSlow
from gonogo.releases.plan import Plan
from gonogo.releases.running.reader import MOST_PLANS, PlanReader, ReadingProcess
from gonogo.releases.running.understand import Reading, understand

SMALL = Reading(document=b"# Ferry\n\n## Deploy\n\n```bash\nmake <it>\n```\n- [ ] Tide < 2 m\n", path="ferry.md")


@pytest.fixture
async def reader() -> AsyncIterator[PlanReader]:
    reader = PlanReader()
    yield reader
    await reader.close()


async def test_the_plan_is_the_one_that_is_read_here(reader: PlanReader) -> None:
    assert await reader.read(SMALL) == understand(SMALL)
    assert await reader.read(SMALL, is_text=True) == understand(SMALL)


async def test_what_was_read_is_not_read_again(reader: PlanReader, monkeypatch: pytest.MonkeyPatch) -> None:
    first = await reader.read(SMALL)

    async def refuse(_self: ReadingProcess, _request: bytes) -> bytes | None:
        return None

    monkeypatch.setattr(ReadingProcess, "ask", refuse)
    assert await reader.read(SMALL) is first
    with pytest.raises(PlanTooSlow):
        await reader.read(msgspec.structs.replace(SMALL, path="other.md"))


async def test_only_so_many_plans_are_remembered(reader: PlanReader) -> None:
    for number in range(MOST_PLANS + 3):
        await reader.read(msgspec.structs.replace(SMALL, path=f"{number}.md"))
    assert len(reader._plans) == MOST_PLANS


async def test_past_its_budget_the_process_is_ended_and_the_next_reading_works() -> None:
    reader = PlanReader(budget_s=0.4)
    try:
        await reader.read(SMALL)
        slow = b"- [ ] step `a` **b** 5% < 3\n\n```bash\nmake\n```\n" * 20_000
        with pytest.raises(PlanTooSlow) as refused:
            await reader.read(Reading(document=slow, path="slow.md"))
        assert "within 0.4 s" in refused.value.detail
        other = msgspec.structs.replace(SMALL, path="next.md")
        assert await reader.read(other) == understand(other)
    finally:
        await reader.close()


async def test_a_request_that_is_given_up_leaves_no_answer_for_the_next(reader: PlanReader) -> None:
    await reader.read(SMALL)
    long = Reading(document=b"- [ ] a step\n" * 40_000, path="long.md")
    task = asyncio.create_task(reader.read(long))
    await asyncio.sleep(0.05)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    other = msgspec.structs.replace(SMALL, path="next.md")
    plan: Plan = await reader.read(other)
    assert plan.source.path == "next.md"


async def test_a_process_that_died_is_started_again(reader: PlanReader) -> None:
    await reader.read(SMALL)
    process = reader._files._process
    assert process is not None
    process.kill()
    await process.wait()
    other = msgspec.structs.replace(SMALL, path="next.md")
    assert (await reader.read(other)).source.path == "next.md"


async def test_nothing_of_the_environment_reaches_the_process(
    reader: PlanReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GONOGO_API_KEY", "hush-hush")
    await reader.read(SMALL)
    process = reader._files._process
    assert process is not None
    assert "hush-hush" not in psutil.Process(process.pid).environ().values()
    assert "PATH" in psutil.Process(process.pid).environ()


async def test_programs_and_files_are_looked_for_from_the_folder_of_the_run(reader: PlanReader, tmp_path: Path) -> None:
    document = b"# Ferry\n\n## Deploy\n\n```bash\n./sail.sh\ncat x\nnosuchprogramanywhere now\n```\n"
    sail = Reading(document=document, path="ferry.md", looks=True, folder=str(tmp_path))

    async def list_asking(reading: Reading) -> list[str | None]:
        plan = await reader.read(reading)
        return [item.command for phase in plan.phases for item in phase.items if item.runs == "ask"]

    assert await list_asking(sail) == ["./sail.sh", "nosuchprogramanywhere now"]
    write_script(tmp_path / "sail.sh")
    other = msgspec.structs.replace(sail, path="other.md")
    assert await list_asking(other) == ["nosuchprogramanywhere now"]
    text = msgspec.structs.replace(sail, folder=None)
    assert "./sail.sh" in await list_asking(text), "a text must not tell which files there are"


async def test_a_variable_that_is_given_is_set(reader: PlanReader) -> None:
    document = b"# Ferry\n\n## Deploy\n\n```bash\ngit tag $VERSION\n```\n"
    without = await reader.read(Reading(document=document, path="ferry.md"))
    given = await reader.read(Reading(document=document, path="ferry.md", variables=("VERSION",)))
    assert [phase.items[0].doubt for plan in (without, given) for phase in plan.phases if phase.items] == [
        "unset",
        None,
    ]


def write_script(path: Path) -> None:
    path.write_text("#!/bin/sh\n")
    path.chmod(0o755)
