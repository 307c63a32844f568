"""``database check``: is the database whole, and does it hold what the release needs it to hold."""
