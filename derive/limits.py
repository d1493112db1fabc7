"""Bounds on input, so that no formula takes the reader's time or memory without end."""

MAX_TOKENS = 20_000
"""Tokens in one formula, after macros are expanded."""

MAX_DEPTH = 60
"""Brackets, scripts, fractions and operators inside one another; redundant braces do not count."""

MAX_EXPANSIONS = 5_000
"""Macro calls expanded in one formula."""

MAX_DIGITS = 400
"""Digits of a number."""

MAX_EXPONENT = 64
"""The largest literal exponent that is evaluated."""

MAX_DECORATIONS = 300
"""Boxes, underbraces and stacked signs in one formula."""
