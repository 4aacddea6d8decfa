"""The multi-tenant server: accounts, workspaces, licence, sessions, files, audit, events."""
