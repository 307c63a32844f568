"""One file per rule: what in a command's output it looks at, and how it says what it saw."""
