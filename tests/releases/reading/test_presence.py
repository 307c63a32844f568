from __future__ import annotations

import pytest

from gonogo.releases.plan import Item
from gonogo.releases.reading import Surroundings, read_checklist
from tests.releases.reading.plans import list_items


def _read(commands: str, **surroundings: object) -> list[Item]:
    text = f"## Deploy\n```bash\n{commands}\n```\n"
    return list_items(read_checklist(text.encode(), "x.md", None, Surroundings(**surroundings)))  # type: ignore[arg-type]


def _doubts(commands: str, **surroundings: object) -> list[str | None]:
    return [item.doubt for item in _read(commands, **surroundings)]


def test_without_a_look_at_the_machine_the_vocabulary_decides() -> None:
    assert _doubts("kilnctl heat\nmake heat\n./heat\nbin/heat") == ["unknown-program", None, None, None]


def test_what_is_on_path_is_certain_and_what_is_not_asks() -> None:
    there = {"kilnctl", "git"}
    items = _read("kilnctl heat\nkubectl apply -f kiln.yaml", exists=there.__contains__)
    assert [item.runs for item in items] == ["auto", "ask"]
    assert items[1].why == '"kubectl" is not on PATH here, and nothing above this line installs it'


@pytest.mark.parametrize(
    "made",
    ["npm install -g kilnctl", "pip install kilnctl", "kilnctl() { echo hot; }", "alias kilnctl='make kiln'"],
)
def test_what_was_installed_or_defined_above_is_there(made: str) -> None:
    assert _doubts(f"{made}\nkilnctl heat")[-1] is None


def test_shell_words_are_always_there() -> None:
    assert _doubts("cd /srv\nexport A=1\n[ -d kiln ] && echo yes\nset -e", exists=lambda _name: False) == [None] * 4


def test_a_file_that_is_not_there_asks_until_something_may_have_brought_it() -> None:
    assert _doubts("./heat", exists=lambda _name: False) == ["unknown-program"]
    assert _doubts("git clone http://kiln/kiln.git\n./heat", exists=lambda name: name == "git") == [None, None]
    assert _doubts("./heat", exists=lambda name: name == "./heat") == [None]


@pytest.mark.parametrize("name", ["HOME", "PATH", "USER", "PWD", "LC_ALL", "BASH_VERSION", "RANDOM"])
def test_what_every_shell_has_is_set(name: str) -> None:
    assert _doubts(f"make heat TO=${name}") == [None]


def test_a_variable_that_nothing_sets_asks_unless_it_is_given() -> None:
    item = _read("docker pull kiln:$TAG")[0]
    assert (item.runs, item.doubt) == ("ask", "unset")
    assert item.why == "nothing above sets $TAG: give it a value with --var TAG=…"
    assert _doubts("docker pull kiln:$TAG", variables=frozenset({"TAG"})) == [None]


@pytest.mark.parametrize(
    "commands",
    [
        "TAG=3\nmake ship TAG=$TAG",
        "TAG=3 && make ship TAG=${TAG}",
        "make ship TAG=${TAG:-latest}",
        "make ship TAG=${TAG:?set it}",
        "for TAG in 1 2; do make ship T=$TAG; done",
        "source .env\nmake ship TAG=$TAG",
        "read -r TAG < tag.txt\nmake ship TAG=$TAG",
        "echo $TAG",
        '[ -n "$TAG" ] && make ship TAG=$TAG',
        "awk '{ print $TAG }' kiln.log",
        "make ship TAG=\\$TAG",
    ],
)
def test_a_variable_that_is_set_or_provided_for_is_no_doubt(commands: str) -> None:
    assert set(_doubts(commands)) == {None}


def test_a_variable_that_is_set_only_below_asks() -> None:
    assert _doubts("make ship TAG=$TAG\nTAG=3") == ["unset", None]
