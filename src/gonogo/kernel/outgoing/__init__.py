"""Requests that this server makes: every one goes through the guard."""
