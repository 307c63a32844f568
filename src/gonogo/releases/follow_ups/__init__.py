"""Follow-up tasks: what a release or an incident leaves to do on day 1, in week 1 and in month 1."""
