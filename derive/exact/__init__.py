"""Exact evaluation: both sides of a claim at a point, in finite fields, over the rationals or in balls."""
