"""The outbox tells no facts of its own: it carries those of others."""
