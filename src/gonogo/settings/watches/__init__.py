"""Adapters of the watch, one a database."""
