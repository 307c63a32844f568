"""Checks as they are shown: without secrets, with what their results add up to."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import msgspec

from gonogo.kernel.clock import format_instant
from gonogo.kernel.secrets.documents import mask_address, mask_body
from gonogo.observe.checks.board import CheckState, Result, summarise
from gonogo.observe.checks.definition import Check, mask_headers

STRIP = 60
"""Results that a line of the list shows one by one."""


def view_check(state: CheckState, now: float) -> dict[str, Any]:
    """One line of the list: how the check stands, its window's numbers, and its last rounds, oldest first."""
    check, last, contract = state.check, state.last, state.contract
    return {
        "name": check.name,
        "url": mask_address(check.url),
        "method": check.method,
        "every": check.every,
        "source": state.source,
        "state": state.state,
        "since": _tell(state.since),
        "failures": state.failures,
        "last": None if last is None else view_result(last),
        "window": {"seconds": check.window_s, **msgspec.structs.asdict(summarise(state.list_recent(now)))},
        "strip": [result.passed for result in list(state.results)[-STRIP:]],
        "contract": None if contract is None else {**msgspec.structs.asdict(contract), "at": _tell(contract.at)},
    }


def view_definition(check: Check) -> dict[str, Any]:
    """What a check asks and expects, as it was declared."""
    found: dict[str, Any] = msgspec.to_builtins(check)
    hidden: dict[str, Any] = {name: mask_address(found[name]) for name in ("url", "contract_url") if name in found}
    if check.headers:
        hidden["headers"] = mask_headers(check.headers)
    if "body" in found:
        hidden["body"] = mask_body(found["body"])
    return found | hidden


def view_result(result: Result) -> dict[str, Any]:
    """One round."""
    return {**msgspec.structs.asdict(result), "at": _tell(result.at)}


def _tell(at: float | None) -> str | None:
    return None if at is None else format_instant(datetime.fromtimestamp(at, UTC))
