"""Running: starting a release, performing its moves one by one, taking it up again after a crash."""
