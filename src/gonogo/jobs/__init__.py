"""Work that survives: a durable queue, the workers that do it, schedules, and agents."""
