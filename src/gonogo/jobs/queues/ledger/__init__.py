"""Scale mode: SQL owns what was accepted and how it ended, Redis only who is next and who is at work."""

from __future__ import annotations

from gonogo.jobs.queues.ledger.queue import LedgeredQueue

__all__ = ["LedgeredQueue"]
