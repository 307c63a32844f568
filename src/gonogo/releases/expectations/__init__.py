"""Expectations: an author's words compiled into a rule, and a rule held against what a command left behind."""

from __future__ import annotations

from gonogo.releases.expectations.compiling import compile_expectation
from gonogo.releases.expectations.judge import judge

__all__ = ["compile_expectation", "judge"]
