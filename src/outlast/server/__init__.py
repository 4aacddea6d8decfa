"""The HTTP server: the API of the cloud, the web client's files, and what operators need."""
