"""What is passed over in CI is checked nowhere."""

from __future__ import annotations

import pytest

from tests.needs import check_needs, needs


def make_item(request: pytest.FixtureRequest, *, met: bool) -> pytest.Item:
    item = pytest.Function.from_parent(request.node.parent, name="a test", callobj=lambda: None)
    item.add_marker(needs(met, "a moon"))
    return item


def test_a_need_that_is_not_met_fails_in_ci_and_is_skipped_elsewhere(request: pytest.FixtureRequest) -> None:
    item = make_item(request, met=False)
    with pytest.raises(pytest.skip.Exception, match="a moon"):
        check_needs(item, in_ci=False)
    with pytest.raises(pytest.fail.Exception, match=r"CI is set.*a moon"):
        check_needs(item, in_ci=True)


def test_a_need_that_is_met_changes_nothing(request: pytest.FixtureRequest) -> None:
    check_needs(make_item(request, met=True), in_ci=True)
