"""Agents: workers spawned from the control panel, kept up, found again after a restart, ended on request."""
