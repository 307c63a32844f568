"""Webhooks: endpoints told once and for sure of what happened here, and hooks of others verified on their way in."""
