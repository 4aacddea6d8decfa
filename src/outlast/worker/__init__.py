"""The session process: what runs an app's function and tells its host what it says."""
