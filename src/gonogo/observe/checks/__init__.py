"""HTTP checks: ask an address again and again, and say whether it answers as it should."""
