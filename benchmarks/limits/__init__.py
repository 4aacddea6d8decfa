"""What the machine allows: each server here does only what no design could leave out."""
