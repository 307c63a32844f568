"""Backups: consistent copies with a manifest that proves them, in a local folder or an S3-compatible bucket.

A backup is a folder: the copies, and ``manifest.json`` with the SHA-256 of each and of itself. It is made aside and
put in place whole, its manifest last, so that what has a manifest is complete.
"""
