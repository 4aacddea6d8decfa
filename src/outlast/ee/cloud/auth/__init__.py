"""Accounts, the devices they are logged in on, and the secrets that prove it."""
