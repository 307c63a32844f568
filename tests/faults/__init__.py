"""Faults on purpose: ``python -m tests.faults`` kills, freezes, cuts and flushes, and looks for what was lost."""
