"""Versions that must not stay: each is the second version with one fault, for its gate to find."""
