"""Other projects that do what Outlast does, each in a virtual environment of its own."""
