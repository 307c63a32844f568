"""A command of mere words is read as its syntax tree would have it."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gonogo.releases.reading import words
from gonogo.releases.reading.bare import split_bare
from gonogo.releases.reading.shell import parse_shell, split_shell

_CORPUS = sorted((Path(__file__).parents[2] / "dialects" / "corpus").glob("*.md"))
_WORDS = st.sampled_from(
    """ls|cp|-rf|./deploy.sh|--tag=v1.2|data/app.db|42|-p|8080:80|sudo|timeout|30s|a,b|env|time|git|-C
    |'it is'|"select count(*)"|user@host:/srv""".replace("\n    ", "").split("|")
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("make", ("make",)),
        ("cp -r data/app.db  /srv", ("cp", "-r", "data/app.db", "/srv")),
        ('sqlite3 app.db "select count(*) from item"', ("sqlite3", "app.db", "select count(*) from item")),
        ("git commit -m 'Ship it'", ("git", "commit", "-m", "Ship it")),
        ("docker run --name=web image:1", ("docker", "run", "--name=web", "image:1")),
    ],
)
def test_splits_words_and_takes_quotes_off(text: str, expected: tuple[str, ...]) -> None:
    assert split_bare(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "a | b",
        "echo $HOME",
        'echo "$HOME"',
        'echo "a\\"b"',
        "ls *.md",
        "X=1 make",
        "dd if=a",
        "cd ~",
        "make &",
        "a; b",
        "if true",
        "export A",
        "local x",
        'echo a"b"',
        "cat <file>",
        "ls #1",
        "[ -f x ]",
        "",
        "grüße",
    ],
)
def test_leaves_whatever_the_shell_has_a_hand_in_to_the_syntax_tree(text: str) -> None:
    assert split_bare(text) is None


def _read_by_tree(text: str, monkeypatch: pytest.MonkeyPatch) -> tuple[words.Simple, ...]:
    with monkeypatch.context() as patch:
        patch.setattr(words, "split_bare", lambda _text: None)
        return words.list_simple.__wrapped__(text, parse_shell(text))


@pytest.mark.parametrize("path", _CORPUS, ids=lambda path: path.stem)
def test_reads_every_line_of_the_corpus_as_its_tree_says(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for line in map(str.strip, path.read_text(encoding="utf-8").splitlines()):
        if split_bare(line) is not None:
            assert words.list_simple.__wrapped__(line, None) == _read_by_tree(line, monkeypatch), line
            assert not parse_shell(line).has_error, line


@given(st.lists(_WORDS, min_size=1, max_size=6).map(" ".join))
def test_reads_any_words_as_their_tree_says(text: str) -> None:
    if split_bare(text) is not None:
        with pytest.MonkeyPatch.context() as monkeypatch:
            assert words.list_simple.__wrapped__(text, None) == _read_by_tree(text, monkeypatch)


def test_a_script_of_mere_words_has_the_pieces_of_its_tree() -> None:
    rows = "  # Copy\ncp a b # and keep it\n\n./run.sh --now\n#\n## Done"
    # A pipe on the last row has the whole script parsed.
    plain, parsed = split_shell(rows), split_shell(f"{rows}\ntrue | true")[:-1]
    told = [(piece.kind, piece.text, piece.line, piece.end_line, piece.trailing) for piece in plain]
    assert told == [(piece.kind, piece.text, piece.line, piece.end_line, piece.trailing) for piece in parsed]
    assert [piece.node for piece in plain] == [None] * 5


def test_options_with_values_stay_whole_beside_quotes() -> None:
    assert split_bare("ls --tag=v1.2 'it is'") == ("ls", "--tag=v1.2", "it is")


def test_a_row_of_options_that_ends_in_a_pipe_is_turned_down_at_once() -> None:
    assert split_bare("ls" + " -a" * 5000 + " | wc") is None
