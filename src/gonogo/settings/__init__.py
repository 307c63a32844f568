"""Settings: typed values that a running system reads in microseconds, changed once and seen everywhere at once."""
