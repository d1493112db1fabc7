"""The kinds of slips: for every place of a formula, what may have been meant instead."""
