"""Outlast runs plain Python functions as durable, interactive sessions."""
