"""The database: one writer, many readers, events in the same transaction as the change they tell of."""
