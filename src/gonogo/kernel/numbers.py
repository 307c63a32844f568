"""Whole numbers as databases hold them."""

from __future__ import annotations

LARGEST = 2**63 - 1
"""The largest number of an INTEGER or BIGINT column: a larger one can be the place or number of nothing."""
