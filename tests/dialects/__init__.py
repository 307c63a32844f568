"""How well checklists of many dialects are read: a corpus labelled by hand, and a measure over it.

Beside each document of ``corpus/`` lies a label file: for each line that matters, what a careful person would want of
it. ``python -m tests.dialects`` reads every document, compares and prints the totals; see ``labels.py`` for the words.
"""
