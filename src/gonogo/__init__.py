"""Gonogo: the production control room you host yourself."""

__version__ = "0.1.0"
