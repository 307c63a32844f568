"""The queue's backends. Each is loaded when it is chosen, with the driver it needs."""
