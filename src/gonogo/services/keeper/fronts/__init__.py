"""Fronts: the ways in which traffic reaches the processes of a service, and is moved from one version to another."""
