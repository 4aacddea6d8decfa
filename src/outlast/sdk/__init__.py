"""What an app author writes with; it runs inside the session process."""
