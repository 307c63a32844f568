"""Watched logs: follow files, count their lines by level and pattern, and keep what went wrong."""
