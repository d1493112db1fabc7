"""The entries of the catalogue of diagnostics, by the stage that speaks."""
