"""``secrets scan``: credentials that are written into the files of a tree."""
