"""Telling every client of every change: encoded once, sent to all, and a slow one delays nobody."""
