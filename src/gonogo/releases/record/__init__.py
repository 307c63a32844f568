"""The record: the chained journal, the state it folds to, its proof, and the report."""
