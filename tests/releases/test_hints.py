"""A quick look must never hide what the regular expression behind it would find."""

from __future__ import annotations

import pytest

from gonogo.releases.hints import list_tokens, mentions
from gonogo.releases.reading import listings, placeholders, presence, stops, variables, vocabulary, waits


@pytest.mark.parametrize("text", ["Roll back now", "ROLL", "unroll it", "\u017ftop the line"])
def test_mentions_hints_in_any_case_and_leaves_other_alphabets_to_the_search(text: str) -> None:
    assert mentions(text, ("roll", "stop"))


def test_does_not_mention_what_is_not_there() -> None:
    assert not mentions("Copy the file", ("roll", "stop"))


def test_lists_options_and_paths_as_tokens() -> None:
    assert list_tokens("tail -f /var/log/app.log") == {"tail", "-f", "var", "log", "app.log"}


@pytest.mark.parametrize(
    "text",
    ["pull shop:vN", "use <tag>", "cp YOUR_FILE x", "on TBD", "at 192.0.2.7", "go __NAME__", "run x ...", "FIXME"],
)
def test_every_placeholder_passes_the_quick_look(text: str) -> None:
    assert placeholders.find_placeholder(text) is not None


@pytest.mark.parametrize(
    "text",
    [
        "Proceed only if it is green",
        "STOP",
        "Do not deploy until noon",
        "Milestone: cut",
        "Begin as soon as ready: stop",
    ],
)
def test_every_stop_passes_the_quick_look(text: str) -> None:
    assert stops.find_stop(text) is not None or not stops._STOP_IF.search(text)
    assert mentions(text, stops._HINTS)


@pytest.mark.parametrize("text", ["Soak 3 w", "Monitor for 2 hrs", "Pause 10 sec", "Bake 1d", "Wait until it is idle"])
def test_every_wait_passes_the_quick_look(text: str) -> None:
    assert waits.find_wait(text) is not None


@pytest.mark.parametrize(
    "command", ["source .env", ".\tenv.sh", "eval x", "set -a", "nvm use 20", "export $(cat .env)"]
)
def test_every_loader_passes_the_quick_look(command: str) -> None:
    assert variables.loads_variables(command)


@pytest.mark.parametrize(
    "command", ["export PATH=$PATH:bin", ". venv/bin/activate", "alias k=kubectl", "mise use node"]
)
def test_every_change_of_the_path_passes_the_quick_look(command: str) -> None:
    seen = presence.Presence()
    seen.learn(command, None, 1)
    assert seen.extended


def test_the_name_of_the_program_is_no_decision() -> None:
    assert not vocabulary.is_decision("gonogo run RELEASE.md")
    assert vocabulary.is_decision("Final GO / NO-GO")


@pytest.mark.parametrize(
    "lead", ["Save this as `go.sh`", "The contents of the unit", "`app.env` should look like this"]
)
def test_every_listing_passes_the_quick_look(lead: str) -> None:
    found = listings.find_listing(["#!/bin/sh", "echo hi"], lead)
    assert found is not None
    assert found.makes
