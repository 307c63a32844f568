"""Fetching the Prometheus text that other programs expose."""
