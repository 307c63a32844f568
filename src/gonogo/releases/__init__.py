"""Releases: read a team's Markdown checklist, run it, judge it, roll it back, and keep the record."""
