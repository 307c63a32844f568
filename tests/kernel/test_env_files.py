"""``.env`` files: what a release checks is what a service gets."""

from __future__ import annotations

from gonogo.kernel.env_files import parse_env_file


def test_it_is_read_as_python_dotenv_reads_it() -> None:
    text = """# one
export A=1
B='two words'  # said twice
PORT=8080 # the web port
KEY=a#b
URL=postgres://${HOST}/db
EMPTY=
LINES="first
second"

nonsense
"""
    assert parse_env_file(text) == {
        "A": "1",
        "B": "two words",
        "PORT": "8080",
        "KEY": "a#b",
        "URL": "postgres://${HOST}/db",
        "EMPTY": "",
        "LINES": "first\nsecond",
    }


def test_windows_lines_and_a_byte_order_mark_do_not_get_into_values() -> None:
    assert parse_env_file("A=1\r\nB=2\r\n") == {"A": "1", "B": "2"}
    assert parse_env_file("\ufeffA=1\n") == {"A": "1"}
