"""Reverse proxies that a keeper runs in front of its service, and tells where to send requests."""
