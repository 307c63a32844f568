"""Telemetry: what Gonogo says of itself (logs and metrics)."""
