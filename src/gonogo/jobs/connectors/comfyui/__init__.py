"""Jobs for a ComfyUI server: a graph is queued there, followed, and what it made is kept here."""
