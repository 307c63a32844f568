"""The audit: proves that the event log is as it was written, exports it with that proof, and prunes it."""
