"""Append-only, ordered, durable logs of events, and their readers."""
