"""Documents as teams write them, each run end to end in a sandbox, with stand-ins for what it deploys with."""
