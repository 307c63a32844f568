"""The small parts: back-off, log files, environment files, versions."""

from __future__ import annotations

from pathlib import Path

from gonogo.services.keeper.backoff import Backoff
from gonogo.services.keeper.child import read_env_file
from gonogo.services.keeper.logfile import LineCutter, LogFile
from gonogo.services.loglines import list_files, read_after, read_end
from gonogo.services.ports import find_owner
from gonogo.services.schemas import Version
from gonogo.services.spec import Logs, Restart
from gonogo.services.versions import name_next


def test_waits_double_up_to_the_limit_and_end() -> None:
    backoff = Backoff(Restart(first=1, most=5, attempts=4, within=100))
    assert [backoff.note_crash(now) for now in range(5)] == [1, 2, 4, 5, None]


def test_old_crashes_are_forgotten() -> None:
    backoff = Backoff(Restart(first=1, most=60, attempts=2, within=10))
    assert [backoff.note_crash(now) for now in (0, 1, 20, 40)] == [1, 2, 1, 1]


def test_logs_are_put_aside_and_read_across(tmp_path: Path) -> None:
    path = tmp_path / "service.log"
    log = LogFile(path, Logs(size=1500, keep=3))
    for number in range(50):
        log.write("v1/1", f"line {number}".encode())
    place = read_end(path, 1).next_offset
    for number in range(50, 100):
        log.write("v1/1", f"line {number}".encode())
    log.close()
    assert len(list_files(path)) == 3
    assert read_end(path, 3).text.splitlines()[-1].endswith("v1/1 line 99")
    assert [line.split()[-1] for line in read_end(path, 10, "LINE 7").text.splitlines()] == [
        *(str(number) for number in range(70, 80)),
    ]
    heard = []
    while True:
        part = read_after(path, place)
        heard += part.text.splitlines()
        place = part.next_offset
        if part.complete:
            break
    assert [line.split()[-1] for line in heard] == [str(number) for number in range(50, 100)]


def test_the_oldest_file_goes(tmp_path: Path) -> None:
    log = LogFile(tmp_path / "service.log", Logs(size=100, keep=2))
    for number in range(60):
        log.write("v1/1", f"line {number}".encode())
    log.close()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["service.log", "service.log.1", "service.log.2"]


def test_lines_are_cut_where_they_end() -> None:
    cutter = LineCutter()
    assert cutter.cut(b"one\r\ntw") == [b"one"]
    assert cutter.cut(b"o\nthree") == [b"two"]
    assert cutter.cut(b"") == [b"three"]


def test_environment_files(tmp_path: Path) -> None:
    path = tmp_path / ".env"
    path.write_text("# no\n\nA=1\nexport B=\"two words\"\nC='x=y'\nnot a pair\n")
    assert read_env_file(path) == {"A": "1", "B": "two words", "C": "x=y"}


def test_the_next_number() -> None:
    versions = [
        Version(service="web", version=name, launch="", created_at="", created_by="") for name in ("v2", "blue", "v9")
    ]
    assert name_next(versions) == "v10"
    assert name_next([]) == "v1"


def test_a_free_port_has_no_owner() -> None:
    from tests.services.stage import find_port

    assert find_owner("127.0.0.1", find_port()) is None
