"""A run's shell session: one fresh bash per command, with the state of the last one restored and saved again."""
