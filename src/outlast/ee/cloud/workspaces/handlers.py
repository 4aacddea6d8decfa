"""What workspaces do about the facts of others: nothing yet that a verb does not do itself."""
