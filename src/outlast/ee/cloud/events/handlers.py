"""The outbox handles no facts of its own: others register what handles theirs."""
