"""Runs over many documents: which files, what was judged before, workers, and what all the answers say together."""
