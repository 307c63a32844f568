"""The six operators, for counts, numbers and versions alike."""

from __future__ import annotations

import math

from gonogo.releases.rules import Operator


def compare(seen: float, op: Operator, wanted: float) -> bool:
    """Say whether ``seen op wanted`` holds; equality allows for the rounding of a unit's conversion."""
    same = math.isclose(seen, wanted, rel_tol=1e-9, abs_tol=1e-12)
    if op in ("==", "!="):
        return same == (op == "==")
    if op in ("<", "<="):
        return seen < wanted and not same if op == "<" else seen < wanted or same
    return seen > wanted and not same if op == ">" else seen > wanted or same
