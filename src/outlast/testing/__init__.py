"""Tools for testing apps, and suites that every backend of a port must pass."""
