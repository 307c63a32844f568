"""Observe: is it healthy, and since when not. Hosts and processes, their stored history, and signals gates can trust."""
