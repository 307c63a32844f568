"""Observe: is it healthy, and since when not. Hosts, processes, their history, and signals that gates can trust."""
