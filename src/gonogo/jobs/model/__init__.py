"""The reference model of the queue: it defines what every backend must do. Nothing in it survives the process."""

from __future__ import annotations

from gonogo.jobs.model.queue import MemoryQueue

__all__ = ["MemoryQueue"]
