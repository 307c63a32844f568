"""The load test: a real server in its own process, real clients in another, and every figure beside its target."""
