"""Events: facts in the past tense, stored with the change they tell of, then published to whoever listens."""
