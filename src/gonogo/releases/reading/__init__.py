"""Reading: a team's own Markdown checklist, as it is, to a plan. Pure: text in, plan out."""

from __future__ import annotations

from gonogo.releases.reading.bindings import Bindings
from gonogo.releases.reading.read import blocks, read_checklist

__all__ = ["Bindings", "blocks", "read_checklist"]
