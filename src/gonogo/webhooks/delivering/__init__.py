"""Delivering: due rows are leased in batches, tried side by side, and settled in batches.

Every endpoint has a lane of its own, so that one that is dead or slow delays nobody else.
"""
