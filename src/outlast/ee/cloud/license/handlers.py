"""The licence does nothing about others' facts."""
