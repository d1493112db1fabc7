"""NumPy code from derived results: array programs, passes that keep the value, and emission as source."""
