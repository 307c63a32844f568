from __future__ import annotations

import pytest

from gonogo.releases.reading.shell import split_shell


def split(text: str) -> list[tuple[str, str, int, int]]:
    return [(piece.kind, piece.text, piece.line, piece.end_line) for piece in split_shell(text)]


@pytest.mark.parametrize(
    "command",
    [
        "cp a b",
        "cd web && npm ci",
        "curl -X POST \\\n  -d '{\n  \"a\": 1\n}' \\\n  http://localhost",
        "if [ -f a ]; then\n  rm a\nfi",
        "for i in 1 2; do\n  echo $i\n\n  # inside\n  sleep 1\ndone",
        'python3 -c "\nimport sys\n# not a comment\nprint(1)\n"',
        "cat <<EOF > conf\na: 1\n\nb: 2\nEOF",
        "deploy() {\n  echo hi\n}",
        "ls |\n  wc -l",
        "server --port 80 > log 2>&1 &",
        '[ -n "$A" ] && kill $A',
        "./restore.sh <backup file> --yes",
        "psql shop < dump.sql",
        "X=1",
        "echo a; echo b",
    ],
)
def test_construct_is_one_command(command: str) -> None:
    text = f"first\n{command}\nlast"
    end = 1 + command.count("\n")
    assert split(text) == [
        ("command", "first", 0, 0),
        ("command", command, 1, end),
        ("command", "last", end + 1, end + 1),
    ]


def test_comments_keep_their_lines() -> None:
    pieces = split_shell("# above\ncp a b  # beside\n\n# alone")
    assert [(piece.kind, piece.text, piece.trailing, piece.line) for piece in pieces] == [
        ("comment", "above", "", 0),
        ("command", "cp a b", "beside", 1),
        ("comment", "alone", "", 3),
    ]


def test_hash_inside_quotes_is_no_comment() -> None:
    assert split("echo '# no' \"# no\"") == [("command", "echo '# no' \"# no\"", 0, 0)]


def test_assignments_do_not_swallow_the_next_line() -> None:
    assert [piece[1] for piece in split("A=1 B=2\nexport C=3")] == ["A=1 B=2", "export C=3"]


def test_unclosed_quote_costs_one_line() -> None:
    assert [piece[1] for piece in split('echo "open\nls\npwd')] == ['echo "open', "ls", "pwd"]


def test_unclosed_block_costs_one_line() -> None:
    assert [piece[1] for piece in split("if true; then\nls\n\npwd")][-1] == "pwd"


def test_wide_characters_do_not_shift_the_cut() -> None:
    pieces = split_shell("echo 'ž→🚀'  # ok ž\nls")
    assert [(piece.text, piece.trailing) for piece in pieces] == [("echo 'ž→🚀'", "ok ž"), ("ls", "")]
