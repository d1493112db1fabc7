"""Array program to Python expressions: one function an operation, over a closed table.

The rules stand in `numeric.emit_leaves`, `numeric.emit_entries` and `numeric.emit_arrays`; importing this module enters
them all.
"""

from __future__ import annotations

import numeric.emit_arrays
import numeric.emit_entries
import numeric.emit_leaves  # noqa: F401  (they enter their rules)
from numeric.emitter import (
    ATOM,
    POWER,
    PRODUCT,
    SUM,
    UNARY,
    Emitter,
    NotEmitted,
    Rule,
    Text,
    literal,
    operations,
    rule,
    stored,
)

__all__ = [
    "ATOM",
    "POWER",
    "PRODUCT",
    "SUM",
    "UNARY",
    "Emitter",
    "NotEmitted",
    "Rule",
    "Text",
    "literal",
    "operations",
    "rule",
    "stored",
]
