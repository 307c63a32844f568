"""What a test needs of the machine: without it the test is skipped, and in CI it fails."""

from __future__ import annotations

import os

import pytest


def needs(met: bool, what: str) -> pytest.MarkDecorator:
    """Marks a test that only means something where the need is met.

    Where ``CI`` is set, a need that is not met is a failure: a check that is passed over there is made nowhere.
    """
    return pytest.mark.needs(met, what)


def check_needs(item: pytest.Item, *, in_ci: bool) -> None:
    """Skips the test, or fails it in CI, when one of its needs is not met."""
    for mark in item.iter_markers("needs"):
        met, what = mark.args
        if met:
            continue
        if in_ci:
            pytest.fail(f"CI is set, and this machine does not give this test what it needs: {what}.", pytrace=False)
        pytest.skip(what)


def is_ci() -> bool:
    """Whether the environment says that this is continuous integration."""
    return os.environ.get("CI", "").lower() not in ("", "0", "false", "no")
