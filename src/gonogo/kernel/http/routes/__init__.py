"""The kernel's own routes: health, sign-in, people and keys, the event log, signals."""
