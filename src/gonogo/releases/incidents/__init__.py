"""Incidents: what went wrong, minute by minute, from the journal of the run; and what is done so that it stays away."""
