"""The command line: `outlast serve`, `outlast run` and what looks after sessions."""
