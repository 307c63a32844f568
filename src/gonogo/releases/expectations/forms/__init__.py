"""One file per form of expectation. Each reads a :class:`Phrase` and gives a rule, or None when it isn't its form."""
