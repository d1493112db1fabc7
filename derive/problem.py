"""Problems stated in the documents' language: declarations, definitions and expressions."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from derive.brackets import prepare
from derive.declarations import declare
from derive.elaborate import Elaborator
from derive.given import add_given
from derive.scope import Scope
from derive.source import Excerpt
from derive.statement import Reading, filled, known_sizes, parse_side
from derive.tokens import Unreadable, tokenize
from derive.typed import Typed


class Problem:
    r"""Symbols with what is declared of them, and expressions in them.

    Parameters
    ----------
    declarations : iterable of str
        Membership statements, as in a document.
    given : iterable of str
        Definitions and conditions.

    Raises
    ------
    Unreadable
        If something is not understood; the message says what.

    Examples
    --------
    >>> problem = Problem([r"A \in \mathbb{R}^{n \times n}", r"x \in \mathbb{R}^n"])
    >>> from derive.printing import show
    >>> show(problem.expr(r"x^\top A x"))
    'xᵀ A x'
    """

    def __init__(self, declarations: Iterable[str], given: Iterable[str] = ()) -> None:
        self.scope = Scope(extended=True)
        for text in declarations:
            if not declare(text, self.scope):
                raise Unreadable("N103", f"expected a declaration, found “{text}”")
        for text in given:
            add_given(text, self.scope, Reading())

    def expr(self, text: str) -> Any:
        """Return an expression; a free index that is new gets the range of its family.

        Raises
        ------
        Unreadable, Malformed
            If the expression is not understood, or its shapes do not conform.
        """
        return self.read(text).expr

    def read(self, text: str) -> Typed:
        """Return an expression with its shape."""
        excerpt = Excerpt.of(text)
        tokens = list(prepare(tokenize(excerpt)).tokens)
        node = parse_side(tokens, self.scope, excerpt.span(0, len(text)))
        elaborator = Elaborator(self.scope, "numerator", False)
        typed = elaborator.elaborate(node)
        expr = filled(typed.expr, known_sizes(elaborator.sizes), node.span)
        for name, upper in elaborator.indices.free.items():
            self.scope.ranges.setdefault(name, elaborator.sizes.resolve(upper))
        return Typed(expr, elaborator.resolve(typed.shape), node.span)
