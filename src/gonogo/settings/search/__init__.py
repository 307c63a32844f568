"""Search as you type: an inverted index in memory, forgiving of typos, kept up to date change by change."""
