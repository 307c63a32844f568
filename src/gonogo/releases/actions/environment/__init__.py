"""``verify-env``: is the environment that production will start with complete, secret enough, and does it connect."""
