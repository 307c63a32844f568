"""Output of any amount and kind: bounded on disk and in memory, its cut named, and none of it the server's business."""

from __future__ import annotations

import asyncio
import re
import time
from pathlib import Path

import psutil
import pytest

from gonogo.kernel.secrets.masking import Masker
from gonogo.releases.shell.capped import HEAD, TAIL, CappedOutput, is_cut
from gonogo.releases.shell.session import Session, Step
from tests.releases.shell.conftest import Run

MOST = 16 << 20
CUT = re.compile(rb"\n\[gonogo: ([\d,]+) of ([\d,]+) bytes were cut out here\]\n")
SLOWEST_TURN_S = 0.1


async def _run_watched(session: Session, command: str, timeout_s: float = 60.0) -> tuple[float, float]:
    """The longest that the event loop was held up, and the memory of the launcher at most, in MB."""
    task = asyncio.create_task(session.run(Step(item="big", attempt=1, command=command, timeout_s=timeout_s)))
    slowest, most = 0.0, 0.0
    while not task.done():
        began = time.monotonic()
        await asyncio.sleep(0.01)
        slowest = max(slowest, time.monotonic() - began - 0.01)
        process = session.files("big", 1).read_process()
        if process is not None and process.launcher is not None:
            most = max(most, psutil.Process(process.launcher.pid).memory_info().rss / (1 << 20))
    await task
    return slowest, most


@pytest.mark.parametrize(
    ("command", "timeout_s"),
    [
        ("head -c 1000000 /dev/zero | tr '\\0' a", 60.0),
        ("head -c 200000000 /dev/zero | tr '\\0' a", 120.0),
        ("seq 1 100000000", 5.0),
        ("head -c 60000000 /dev/urandom", 60.0),
        ("for i in {1..30000}; do printf 'loading %d%%\\r' $i; done", 60.0),
    ],
    ids=["a line of 1 MB", "a line of 200 MB", "numbers without end", "random bytes", "a progress bar"],
)
async def test_output_is_bounded_and_held_off_the_loop(
    session: Session, tmp_path: Path, command: str, timeout_s: float
) -> None:
    slowest, memory = await _run_watched(session, command, timeout_s)
    kept = (tmp_path / "run" / "big.1.out").read_bytes()
    assert 0 < len(kept) <= MOST
    assert memory < 120
    assert slowest < SLOWEST_TURN_S * 10, "the loop was held up for longer than a busy machine explains"
    cut = CUT.search(kept)
    if cut is not None:
        gone, total = (int(number.replace(b",", b"")) for number in cut.groups())
        assert len(kept) - len(cut[0]) == total - gone
    else:
        assert len(kept) < MOST


async def test_head_and_tail_are_kept(run: Run) -> None:
    ran = await run("seq 1 5000000")
    lines = ran.out.splitlines()
    assert (lines[0], lines[-1]) == ("1", "5000000")
    assert "bytes were cut out here" in ran.out


def _feed(path: Path, secrets: list[str], *chunks: bytes) -> bytes:
    masker = Masker(secrets)
    output = CappedOutput(path, masker)
    for chunk in chunks:
        output.feed(chunk)
    output.finish(masker)
    return path.read_bytes()


@pytest.mark.parametrize("shift", [0, 1, 5, 9])
@pytest.mark.parametrize("line", [b"x" * 79 + b"\n", b"x" * 80], ids=["lines", "one line"])
def test_secret_at_the_seams_is_masked(tmp_path: Path, shift: int, line: bytes) -> None:
    secret = b"correct-horse-battery"
    piece = (line * 4 + secret)[: 80 * 4 + len(secret)]
    data = b"y" * shift + piece * ((HEAD + TAIL + (4 << 20)) // len(piece))
    kept = _feed(tmp_path / "out", [secret.decode()], *(data[at : at + 99_991] for at in range(0, len(data), 99_991)))
    cut = CUT.search(kept)
    assert cut is not None
    assert secret not in kept
    for length in range(8, len(secret)):
        assert secret[:length] not in kept[cut.start() - 40 : cut.end() + 40]
        assert secret[-length:] not in kept[cut.start() - 40 : cut.end() + 40]


def test_private_key_that_begins_in_the_cut_is_not_shown(tmp_path: Path) -> None:
    begin, end = b"-----BEGIN RSA PRIVATE KEY-----\n", b"-----END RSA PRIVATE KEY-----\n"
    filler = b"plain text\n" * 100_000
    body = b"MIIEsecretsecretsecret\n" * 1000
    tail = filler * 20
    tail = tail[: TAIL - 10_000]
    kept = _feed(tmp_path / "out", [], *[filler] * 10, begin + body + end + tail)
    assert b"MIIEsecret" not in kept[-len(tail) - 20_000 :]


def test_output_just_below_the_limit_is_all_there(tmp_path: Path) -> None:
    data = b"0123456789abcde\n" * ((HEAD + TAIL - 4096) // 16)
    assert (
        _feed(tmp_path / "out", ["not in it"], *(data[at : at + 65_536] for at in range(0, len(data), 65_536))) == data
    )


async def test_prompt_without_a_newline_is_kept(run: Run) -> None:
    assert (await run("printf 'no newline at the end'")).out == "no newline at the end"


async def test_full_disk_is_said(tmp_path: Path) -> None:
    masker = Masker()
    output = CappedOutput(Path("/dev/full"), masker)
    output.feed(b"line\n")
    output.finish(masker)
    assert "could not be written" in output.failure


def test_a_cut_is_known_by_what_is_kept() -> None:
    kept = "x" * TAIL
    assert is_cut(f"{kept}\n[gonogo: 5,000 of 20,000,000 bytes were cut out here]\n{kept}")
    assert not is_cut(kept)
    assert not is_cut("[gonogo: 5 of 10 bytes were cut out here]")
