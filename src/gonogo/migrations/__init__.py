"""Schema revisions, applied in order when the database is opened. ``HEAD`` names the newest."""

HEAD = "0020"
