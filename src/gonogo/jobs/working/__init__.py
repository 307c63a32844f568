"""Workers: they claim jobs, have connectors do them, and tell the queue how it went."""
