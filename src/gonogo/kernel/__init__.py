"""The kernel: what every room stands on. It imports no room."""
