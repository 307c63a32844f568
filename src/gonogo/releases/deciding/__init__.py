"""Deciding: from the plan and the journal to the next move. Pure functions, no clock and no disk of their own."""
