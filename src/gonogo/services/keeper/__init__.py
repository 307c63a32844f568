"""The keeper: a small process beside each service that starts it, holds its sockets, and outlives the server."""
