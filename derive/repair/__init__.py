"""The nearest true statement to a wrong one: edits, what they are worth at a point, and which of them make it true."""
