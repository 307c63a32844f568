"""OpenTelemetry's protocol over HTTP: what programs export, counted and kept as signals."""
