from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest

from gonogo.releases.reading import read_checklist
from gonogo.releases.reading.collecting import hold_collector


@pytest.fixture(autouse=True)
def _collect_again() -> Iterator[None]:
    yield
    gc.enable()


def test_holds_the_collector_and_lets_go_of_it() -> None:
    with hold_collector():
        assert not gc.isenabled()
    assert gc.isenabled()


def test_lets_go_after_an_error() -> None:
    with pytest.raises(ValueError, match="x"), hold_collector():
        raise ValueError("x")
    assert gc.isenabled()


def test_leaves_a_collector_that_somebody_else_holds() -> None:
    gc.disable()
    with hold_collector():
        pass
    assert not gc.isenabled()


def test_reading_leaves_the_collector_as_it_was() -> None:
    read_checklist(b"# Release\n\n- [ ] Look\n", "a.md")
    assert gc.isenabled()
