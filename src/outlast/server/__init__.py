"""The HTTP API and its plain page, over a runtime."""
