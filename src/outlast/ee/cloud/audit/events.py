"""The audit trail tells no facts of its own: it is where they end."""
