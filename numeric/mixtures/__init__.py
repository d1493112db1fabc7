"""Mixture modules from a log-likelihood: derivation, separation of variables, source."""
