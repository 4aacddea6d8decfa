"""Ways to get a session process: fork of a template, a warm interpreter, a thread."""
