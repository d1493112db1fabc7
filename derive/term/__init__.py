"""TRUSTED: terms, the language of certificates, well-shaped by construction and plain data by nature.

A term is an operator and its arguments; arguments are terms, sizes, numbers and names. A term that does not conform
cannot be made (`ShapeConflict`). `Term.data` is the JSON form and `from_data` reads it back.

=========  ===========================================================================================
scalars    ``#`` number, ``s`` symbol, ``m`` member of a family, ``ix`` index, ``e`` entry of a matrix,
           ``+``, ``*``, ``^``, ``tr``, ``det``, ``norm``, ``dens``, ``delta``, ``size``
arrays     ``M`` symbol, ``MM`` member of a family, ``I``, ``0``, ``1`` (ones), ``+``, ``.`` (scalar times
           array), ``@``, ``t``, ``inv``, ``mp`` (power), ``had``, ``kron``, ``vec``, ``diag``, ``dg``,
           ``blocks``, ``val``, ``K`` (commutation), ``unit`` (unit vector)
binding    ``sum`` and ``prod`` over an index; ``at`` (the body at a value of a symbol)
calculus   ``var`` (what varies, with its changes), ``d``, ``grad``, ``jac``, ``part``; ``fun`` (a function, by entry)
=========  ===========================================================================================
"""

from __future__ import annotations

from derive.term.data import from_data
from derive.term.definedness import needs
from derive.term.sizes import ONE, Shape, Size, shape_text, size, size_product, size_sum, size_text
from derive.term.substitution import bound_indices, rename, replace_index, substitute, transform
from derive.term.terms import SHAPES, ShapeConflict, Term, make, number, size_term

__all__ = [
    "ONE",
    "SHAPES",
    "Shape",
    "ShapeConflict",
    "Size",
    "Term",
    "bound_indices",
    "from_data",
    "make",
    "needs",
    "number",
    "rename",
    "replace_index",
    "shape_text",
    "size",
    "size_product",
    "size_sum",
    "size_term",
    "size_text",
    "substitute",
    "transform",
]
