"""Following a file: every line once, whatever happens to the file."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gonogo.observe.logs.following import CHUNK, LONGEST_LINE, Follower


class Reader:
    """A follower whose pieces are kept at once, as a transaction keeps them."""

    def __init__(self, path: Path) -> None:
        self.follower = Follower(path)

    def read(self) -> list[str]:
        found = b""
        for piece in self.follower.read():
            found += piece.data
            self.follower.place = piece.place
        return found.decode().split()

    def close(self) -> None:
        self.follower.close()

    def restart(self) -> None:
        """Only the place survives."""
        self.close()
        self.follower = Follower(self.follower.path, self.follower.place)


def append(path: Path, text: str) -> None:
    with path.open("a") as file:
        file.write(text)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "app.log"


@pytest.fixture
def reader(path: Path) -> Iterator[Reader]:
    with closing(Reader(path)) as reader:
        yield reader


def test_only_whole_lines_are_read(path: Path, reader: Reader) -> None:
    assert reader.read() == []
    append(path, "one\ntw")
    assert reader.read() == ["one"]
    assert reader.read() == []
    append(path, "o\nthree\n")
    assert reader.read() == ["two", "three"]


def test_rotation_reads_the_old_file_to_its_end_then_the_new_one(path: Path, reader: Reader) -> None:
    append(path, "a\n")
    assert reader.read() == ["a"]
    append(path, "b\n")
    old = path.rename(path.with_suffix(".log.1"))
    assert reader.read() == ["b"], "nobody has opened a new file yet"
    append(old, "c\n")
    path.touch()
    assert reader.read() == ["c"], "the writer still has the old file open"
    append(old, "d\n")
    append(path, "e\n")
    assert reader.read() == ["d", "e"]
    append(path, "f\n")
    assert reader.read() == ["f"]


def test_a_restart_finds_the_rest_in_the_renamed_file(path: Path, reader: Reader) -> None:
    append(path, "a\n")
    reader.read()
    append(path, "b\n")
    path.rename(path.with_suffix(".log.1"))
    append(path, "c\n")
    reader.restart()
    assert reader.read() == ["b", "c"]
    reader.restart()
    assert reader.read() == []


def test_truncation_begins_anew(path: Path, reader: Reader) -> None:
    append(path, "first day\n")
    reader.read()
    path.write_text("")
    assert reader.read() == []
    append(path, "second\n")
    assert reader.read() == ["second"]


def test_a_file_that_was_cut_and_grew_beyond_where_we_were_is_another_one(path: Path, reader: Reader) -> None:
    append(path, "monday\n")
    reader.read()
    path.write_text("tuesday is longer\n")
    assert reader.read() == ["tuesday", "is", "longer"]


def test_what_was_there_before_is_skipped_when_that_is_wanted(path: Path, reader: Reader) -> None:
    append(path, "old\nhal")
    reader.follower.skip()
    append(path, "f\nnew\n")
    assert reader.read() == ["half", "new"]


def test_a_file_that_comes_later_is_read_from_its_beginning(path: Path, reader: Reader) -> None:
    reader.follower.skip()
    append(path, "first\n")
    reader.restart()
    assert reader.read() == ["first"]


def test_a_signature_changes_when_there_is_something_to_read(path: Path, reader: Reader) -> None:
    nothing = reader.follower.sign()
    append(path, "a\n")
    assert reader.follower.sign() != nothing
    reader.read()
    seen = reader.follower.sign()
    assert reader.follower.sign() == seen
    old = path.rename(path.with_suffix(".log.1"))
    moved = reader.follower.sign()
    assert moved != seen
    append(old, "b\n")
    assert reader.follower.sign() != moved


def test_long_lines_and_large_files_are_read_in_pieces(path: Path, reader: Reader) -> None:
    append(path, "x" * (LONGEST_LINE + 5))
    assert [len(word) for word in reader.read()] == [LONGEST_LINE + 5]
    append(path, "\n" + "line\n" * (CHUNK // 4))
    assert len(reader.read()) == CHUNK // 4


STEPS = st.sampled_from(["write", "write", "partial", "read", "rename", "restart", "rename and restart"])


@given(st.lists(STEPS, max_size=40))
@settings(max_examples=60, deadline=None)
def test_whatever_happens_every_line_is_read_once(tmp_path_factory: pytest.TempPathFactory, steps: list[str]) -> None:
    path = tmp_path_factory.mktemp("logs") / "app.log"
    with closing(Reader(path)) as reader:
        written, found = play(path, reader, steps)
    assert found == [str(number) for number in range(written)]


def play(path: Path, reader: Reader, steps: list[str]) -> tuple[int, list[str]]:
    """How many lines were written, and which were read."""
    written, found = 0, list[str]()
    for step in steps:
        if step == "partial":
            append(path, f"{written}")
            found += reader.read()
            append(path, "\n")
            written += 1
        elif step == "write":
            append(path, f"{written}\n")
            written += 1
        if step.startswith("rename") and path.exists():
            # As it goes in practice: a file is rotated long after the one before it was read.
            append(path, f"{written}\n")
            written += 1
            found += reader.read()
            append(path, f"{written}\n")
            written += 1
            path.rename(path.with_name(f"app.log.{written}"))
        if step.endswith("restart"):
            reader.restart()
        if step == "read":
            found += reader.read()
    return written, found + reader.read()
