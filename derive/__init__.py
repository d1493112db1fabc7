"""A proof-reader for matrix calculus: reads a derivation and judges every step."""
