"""The configuration service, second version: the same API from a package with one idea a file."""
