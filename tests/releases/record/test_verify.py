"""Whoever has the database, and whoever has the folder too: what they change is found, and by what."""

from __future__ import annotations

import base64
import json
import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from sqlalchemy import delete, update

from gonogo.kernel.clock import SystemClock
from gonogo.kernel.config import ConfigError
from gonogo.kernel.db.event_log import find_events
from gonogo.kernel.errors import BadInput
from gonogo.kernel.kernel import Kernel
from gonogo.releases import store
from gonogo.releases.journal import GENESIS, Entry, chain_entry
from gonogo.releases.models import release_journal, runs
from gonogo.releases.record.files import find_folder
from gonogo.releases.record.signing import FILE, Signer, open_signer
from gonogo.releases.record.verify import check_record, make_trust
from gonogo.releases.schemas import Verification
from tests.fake_clock import FakeClock
from tests.releases.conftest import OpenKernel
from tests.releases.drive import read_journal, start, wait_end
from tests.releases.plans import make_item, make_phase, make_plan, make_run

PLAN = make_plan(
    make_phase("p1", make_run("r1", "echo loaves 40"), make_run("r2", "echo loaves 41; exit 3")),
    make_phase("p2", make_item("h1", "human")),
)
OWN_SEED = bytes(range(32))
Forge = Callable[[Entry], Entry]


async def run_to_end(kernel: Kernel, workdir: Path) -> str:
    run = await start(kernel, PLAN, workdir)
    state = await wait_end(kernel, run)
    assert state.verdict == "no_go"
    return run


async def prove(kernel: Kernel, run: str, head: str | None = None, key: str | None = None) -> Verification:
    return await check_record(kernel, run, make_trust(kernel.get_part(Signer), head, key))


def turn(entry: Entry) -> Entry:
    """The lie: the command that failed has passed."""
    if entry.name == "item_finished" and entry.data.get("exit_code") == 3:
        return msgspec.structs.replace(entry, data={**entry.data, "exit_code": 0, "outcome": "passed"})
    return entry


async def store_entries(kernel: Kernel, run: str, entries: list[Entry], **row: Any) -> None:
    """Whoever has the database writes what they want."""

    def change(tx: Any) -> None:
        tx.execute(delete(release_journal).where(release_journal.c.run == run))
        for entry in entries:
            store.insert_entry(tx, entry)
        head = {"head_seq": len(entries), "head_hash": entries[-1].hash}
        tx.execute(update(runs).where(runs.c.id == run).values(**head | row))

    await kernel.db.write(change)


def rechain(entries: list[Entry], forge: Forge, again: Forge = lambda entry: entry) -> list[Entry]:
    """Every entry forged and the whole chain computed anew, as its format is no secret."""
    chained: list[Entry] = []
    for entry in entries:
        previous = chained[-1].hash if chained else GENESIS
        chained.append(again(chain_entry(msgspec.structs.replace(forge(entry), previous=previous))))
    return chained


def unsign(entry: Entry) -> Entry:
    return msgspec.structs.replace(entry, signature=None, signed_with=None)


def sign_again(signer: Signer) -> Forge:
    return lambda entry: signer.sign(entry) if entry.signature else entry


async def test_a_whole_record_is_signed_to_its_end(kernel: Kernel, workdir: Path) -> None:
    run = await run_to_end(kernel, workdir)
    proof = await prove(kernel, run)
    assert (proof.ok, proof.signed, proof.signature_ok) == (True, True, True), proof.why
    assert proof.signed_seq == proof.head_seq == proof.entries
    assert proof.key == kernel.get_part(Signer).public.key
    entries = await read_journal(kernel, run)
    assert [entry.name for entry in entries if entry.signature] == ["started", "finished"]


async def test_a_person_s_act_is_signed(kernel: Kernel, workdir: Path) -> None:
    from gonogo.releases import commands
    from gonogo.releases.schemas import Act
    from tests.releases.conftest import ANN
    from tests.releases.drive import ATTENDED, wait_asked

    plan = make_plan(make_phase("p1", make_item("h1", "human"), make_item("h2", "human")))
    run = await start(kernel, plan, workdir, ATTENDED)
    await wait_asked(kernel, run, "h1")
    await commands.tick_item(kernel, ANN, run, "h1", Act())
    await wait_asked(kernel, run, "h2")
    entries = await read_journal(kernel, run)
    assert [(entry.name, bool(entry.signature)) for entry in entries] == [
        ("started", True),
        ("person_asked", False),
        ("item_ticked", True),
        ("person_asked", False),
    ]
    proof = await prove(kernel, run)
    assert (proof.ok, proof.signed_seq) == (True, 3)
    assert "up to entry 3" in proof.why


async def test_an_edited_entry_shows(kernel: Kernel, workdir: Path) -> None:
    run = await run_to_end(kernel, workdir)
    before = await read_journal(kernel, run)
    await store_entries(kernel, run, [turn(entry) for entry in before])
    proof = await prove(kernel, run)
    [turned] = [entry.seq for entry in before if turn(entry) is not entry]
    assert (proof.ok, proof.first_bad_seq) == (False, turned)


async def test_an_edited_entry_with_its_hash_computed_again_breaks_the_chain(kernel: Kernel, workdir: Path) -> None:
    run = await run_to_end(kernel, workdir)
    before = await read_journal(kernel, run)
    entries = [entry if turn(entry) is entry else chain_entry(turn(entry)) for entry in before]
    await store_entries(kernel, run, entries)
    proof = await prove(kernel, run)
    [turned] = [entry.seq for entry, old in zip(entries, before, strict=True) if entry != old]
    assert (proof.ok, proof.first_bad_seq) == (False, turned + 1)


async def test_a_chain_computed_again_is_found_by_its_signature(kernel: Kernel, workdir: Path) -> None:
    run = await run_to_end(kernel, workdir)
    await store_entries(kernel, run, rechain(await read_journal(kernel, run), turn))
    proof = await prove(kernel, run)
    assert (proof.ok, proof.first_bad_seq, proof.signature_ok) == (False, None, False)
    assert "signature of entry" in proof.why


async def test_a_chain_without_its_signatures_does_not_pass_for_an_old_one(kernel: Kernel, workdir: Path) -> None:
    run = await run_to_end(kernel, workdir)
    forged = rechain([unsign(entry) for entry in await read_journal(kernel, run)], turn)
    for row in ({}, {"started_at": "2020-01-01T00:00:00.000Z"}):
        await store_entries(kernel, run, forged, **row)
        proof = await prove(kernel, run)
        assert (proof.ok, proof.signed, proof.signature_ok) == (False, False, False)
        assert "no signature" in proof.why


async def test_one_signature_taken_away_shows(kernel: Kernel, workdir: Path) -> None:
    run = await run_to_end(kernel, workdir)
    entries = await read_journal(kernel, run)
    await store_entries(kernel, run, [*entries[:-1], unsign(entries[-1])])
    assert not (await prove(kernel, run)).ok


async def test_a_chain_signed_with_another_key_is_found(kernel: Kernel, workdir: Path, clock: FakeClock) -> None:
    run = await run_to_end(kernel, workdir)
    other = Signer(OWN_SEED, "2026-01-01T00:00:00.000Z")
    await store_entries(kernel, run, rechain(await read_journal(kernel, run), turn, sign_again(other)))
    proof = await prove(kernel, run)
    assert (proof.ok, proof.signature_ok) == (False, False)
    assert "another key" in proof.why


async def test_a_signature_that_claims_our_key_is_found(kernel: Kernel, workdir: Path) -> None:
    run = await run_to_end(kernel, workdir)
    other, ours = Signer(OWN_SEED, "2026-01-01T00:00:00.000Z"), kernel.get_part(Signer).public.key

    def lie(entry: Entry) -> Entry:
        signed = sign_again(other)(entry)
        return msgspec.structs.replace(signed, signed_with=ours) if signed.signature else signed

    await store_entries(kernel, run, rechain(await read_journal(kernel, run), turn, lie))
    assert "does not hold" in (await prove(kernel, run)).why


async def test_who_has_the_key_too_is_found_by_a_head_from_outside(kernel: Kernel, workdir: Path) -> None:
    run = await run_to_end(kernel, workdir)
    entries = await read_journal(kernel, run)
    heads = [entry.hash for entry in entries]
    forged = rechain(entries, turn, sign_again(kernel.get_part(Signer)))
    for head in heads:
        assert (await prove(kernel, run, head)).ok
    await store_entries(kernel, run, forged)
    assert (await prove(kernel, run)).ok, "with the key everything can be forged here"
    turned = next(entry.seq for entry in entries if turn(entry) is not entry)
    for seq, head in enumerate(heads, 1):
        proof = await prove(kernel, run, f"{seq}:{head.upper()}")
        assert proof.ok is (seq < turned), "a head proves what stood before it"
    assert "rewritten" in (await prove(kernel, run, heads[-1])).why


async def test_a_journal_cut_short_is_found_by_a_head_from_outside(kernel: Kernel, workdir: Path) -> None:
    run = await run_to_end(kernel, workdir)
    entries = await read_journal(kernel, run)
    await store_entries(kernel, run, entries[:3], status="running", verdict=None)
    assert not (await prove(kernel, run, entries[-1].hash)).ok
    await store_entries(kernel, run, entries[:3], status="finished", verdict="no_go")
    assert "its journal running" in (await prove(kernel, run)).why


async def test_a_new_key_in_the_folder_is_found_by_the_old_one(
    open_kernel: OpenKernel, workdir: Path, tmp_path: Path
) -> None:
    async with open_kernel() as kernel:
        run = await run_to_end(kernel, workdir)
        pinned = kernel.get_part(Signer).public.key
        assert (await prove(kernel, run, key=pinned)).ok
    since = json.loads((kernel.config.folder / FILE).read_text())["since"]
    stored = {"seed": base64.b64encode(OWN_SEED).decode(), "since": since}
    (kernel.config.folder / FILE).write_text(json.dumps(stored))
    async with open_kernel() as kernel:
        assert "another key" in (await prove(kernel, run)).why
        assert (await prove(kernel, run, key=pinned)).ok, "the record itself is as it was"
        entries = await read_journal(kernel, run)
        await store_entries(kernel, run, rechain(entries, turn, sign_again(kernel.get_part(Signer))))
        assert (await prove(kernel, run)).ok
        proof = await prove(kernel, run, key=pinned)
        assert (proof.ok, proof.signature_ok) == (False, False)


async def test_swapped_evidence_shows(kernel: Kernel, workdir: Path) -> None:
    run = await run_to_end(kernel, workdir)
    folder = find_folder(kernel.config, run)
    first, second = folder / "r1.1.out", folder / "r2.1.out"
    kept = first.read_bytes()
    first.write_bytes(second.read_bytes())
    second.write_bytes(kept)
    proof = await prove(kernel, run)
    assert (proof.ok, proof.changed_evidence) == (False, ("r1.1.out", "r2.1.out"))


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"verdict": "go"}, "The run says go"),
        ({"plan": msgspec.json.encode(make_plan(make_phase("p1", make_run("r1", "echo loaves 50")))).decode()}, "plan"),
        ({"markdown": "# Another checklist"}, "checklist"),
    ],
)
async def test_a_row_that_its_journal_does_not_bear_out_shows(
    kernel: Kernel, workdir: Path, values: dict[str, Any], told: str
) -> None:
    run = await run_to_end(kernel, workdir)
    await kernel.db.write(lambda tx: tx.execute(update(runs).where(runs.c.id == run).values(**values)))
    proof = await prove(kernel, run)
    assert not proof.ok
    assert told in proof.why


async def test_a_run_from_before_signing_says_so(kernel: Kernel, workdir: Path) -> None:
    run = await run_to_end(kernel, workdir)
    old = "0189f7ea-ae2c-7000-8000-000000000001"
    entries = [
        msgspec.structs.replace(entry, run=old, at="2023-08-15T00:00:00.000Z")
        for entry in await read_journal(kernel, run)
    ]
    forged = rechain([unsign(entry) for entry in entries], lambda entry: entry)
    find_folder(kernel.config, run).rename(find_folder(kernel.config, old))

    def move(tx: Any) -> None:
        tx.execute(delete(release_journal).where(release_journal.c.run == run))
        tx.execute(update(runs).where(runs.c.id == run).values(id=old, started_at="2023-08-15T00:00:00.000Z"))

    await kernel.db.write(move)
    await store_entries(kernel, old, forged)
    proof = await prove(kernel, old)
    assert (proof.ok, proof.signed, proof.signature_ok) == (True, False, None), proof.why
    assert "Not signed (made before signing)" in proof.why


async def test_the_head_leaves_the_machine_with_every_event(kernel: Kernel, workdir: Path) -> None:
    run = await run_to_end(kernel, workdir)
    entries = await read_journal(kernel, run)
    events = await kernel.db.read(lambda tx: find_events(tx, subject=run, limit=200))
    told = {event.data["head_seq"]: event.data for event in events if "head_seq" in event.data}
    assert {seq: data["head_hash"] for seq, data in told.items()} == {entry.seq: entry.hash for entry in entries}
    last = entries[-1]
    assert (told[last.seq]["signature"], told[last.seq]["signed_with"]) == (last.signature, last.signed_with)
    assert (await prove(kernel, run, told[2]["head_hash"])).ok


@pytest.mark.parametrize("head", ["", "abc", "z" * 64, "f" * 65])
async def test_a_head_is_a_hash(kernel: Kernel, head: str) -> None:
    with pytest.raises(BadInput):
        make_trust(kernel.get_part(Signer), head)


def test_the_key_is_made_once_for_its_owner_s_eyes(tmp_path: Path) -> None:
    made = open_signer(tmp_path, SystemClock())
    assert stat.S_IMODE((tmp_path / FILE).stat().st_mode) == 0o600
    assert open_signer(tmp_path, SystemClock()).public == made.public
    assert os.listdir(tmp_path) == [FILE]  # noqa: PTH208


@pytest.mark.parametrize("text", ["", "{}", '{"seed": "AAAA", "since": "2026-01-01T00:00:00.000Z"}', "not json"])
def test_a_broken_key_file_is_not_replaced(tmp_path: Path, text: str) -> None:
    (tmp_path / FILE).write_text(text)
    with pytest.raises(ConfigError, match="does not hold a signing key"):
        open_signer(tmp_path, SystemClock())
    assert (tmp_path / FILE).read_text() == text
