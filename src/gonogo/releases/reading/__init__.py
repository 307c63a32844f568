"""Reading: a team's own Markdown checklist, as it is, to a plan. Pure: text in, plan out."""

from __future__ import annotations

from gonogo.releases.reading.bindings import Bindings
from gonogo.releases.reading.read import blocks, read_checklist
from gonogo.releases.reading.surroundings import Surroundings

__all__ = ["Bindings", "Surroundings", "blocks", "read_checklist"]
