"""What people answered to a checklist's doubts, once, so that nobody is asked again. Pure."""

from __future__ import annotations

from gonogo.releases.adoption.apply import adopt_plan
from gonogo.releases.adoption.entries import Adoption, AnswerKind, Entry
from gonogo.releases.adoption.parse import parse_adoption
from gonogo.releases.adoption.write import write_adoption

__all__ = ["Adoption", "AnswerKind", "Entry", "adopt_plan", "parse_adoption", "write_adoption"]
