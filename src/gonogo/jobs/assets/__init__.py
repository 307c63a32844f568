"""Files that jobs made: kept once under their SHA-256, each with a signed statement of how it came to be."""
