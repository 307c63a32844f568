"""Hooks of others: how each kind of sender signs, and what it calls a hook and its type. Pure."""
