"""Sums and products over indices: their letters, bounds and what is summed when no index is written."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, replace
from typing import Any

from sympy import Integer
from sympy.core.symbol import Str

from derive.calculus import Calculus
from derive.expr import IndexProduct, IndexSum, MatrixIndexSum, build, word
from derive.indices import IndexSymbol
from derive.shape import Dim
from derive.syntax import Group, Name, Node, Num, Product, Reduction, Scripted
from derive.tokens import Unreadable
from derive.typed import Malformed, Typed

CONSTANT_SUMMAND = "a sum or product whose index its terms do not use is read as one of equal terms"
"""What is noted of ``\\sum_{i=1}^n \\mu``."""
PRODUCT_ENDS = "a product over an index is read up to the last factor that uses it"
"""What is noted of ``\\prod_{i=1}^n x_i \\cdot c``."""


class Reductions(Calculus):
    """Elaboration of sums and products; a base of the elaborator."""

    outside: frozenset[str] = frozenset()
    """Index letters that occur in the relation outside the sums without an index."""

    def reduction(self, node: Reduction) -> Typed:
        """Return a sum or product over one or several indices."""
        if node.operator == "prod" and self.scope.undeclared and (split := _without_tail(node)) is not None:
            self.notes.append(PRODUCT_ENDS)
            return self.multiply([self.reduction(split[0]), self.elaborate(split[1])], node.span)
        letters = [self._letter(item) for item in node.indices]
        before = frozenset(self.indices.free)
        if not letters:
            letters = [self._implied(node)]
        letters += self._paired(node, letters)
        lower: Any = Integer(1)
        upper: Dim | None = None
        if node.lower is not None:
            lower = self.bound_value(node.lower)
        if node.upper is not None:
            upper = self.bound_value(node.upper)
        uppers = [self._upper(letter, upper) for letter in letters]
        for letter, top in zip(letters, uppers, strict=True):
            self.indices.push(letter, top)
        condition = self._condition(node, len(letters))
        body = self.elaborate(node.body)
        for letter in reversed(letters):
            top, used = self.indices.pop()
            if not used and not self._is_constant(body):
                self._constant_summand(letter, node, before)
            body = self._close(node, body, letter, lower, top, condition)
            condition = None
        return body

    def _paired(self, node: Reduction, letters: list[str]) -> list[str]:
        """Return the second letter of ``\\sum_{i \\neq j} x_i x_j``, if nothing outside the sum uses it."""
        if node.condition is None or not isinstance(node.condition[2], Name):
            return []
        letter = node.condition[2].key
        known = self.scope.is_size(letter) or self.indices.is_bound(letter) or letter in letters
        outside = letter in self.outside or letter in self.indices.free
        return [] if known or outside or letter not in index_letters(node.body) else [letter]

    def _letter(self, item: Node) -> str:
        if isinstance(item, Name):
            return item.key
        raise Unreadable("N106", "this summation index is not supported", item.span)

    def bound_value(self, node: Node) -> Any:
        """Return a bound of a sum: a number, a size, or an index in force."""
        if isinstance(node, Num) and node.value.denominator == 1:
            return Integer(int(node.value))
        if isinstance(node, Name) and self.indices.upper(node.key) is not None and not self.scope.is_size(node.key):
            self.indices.use(node.key, None, node.span)
            return IndexSymbol(node.key)
        if isinstance(node, Name):
            return self.size(node)
        try:
            return self.index(node, None)
        except (Malformed, Unreadable):
            return self.size(node)

    def _upper(self, letter: str, upper: Any) -> Any:
        if upper is not None:
            return upper
        known = self.scope.ranges.get(letter)
        return self.sizes.fresh() if known is None else known

    def _condition(self, node: Reduction, own: int) -> tuple[Str, Any, Any] | None:
        if node.condition is None:
            return None
        operator, left, right = node.condition
        used = [used[0] for _, _, used in self.indices.bound]
        limit = self.indices.upper(left.key) if isinstance(left, Name) else None
        is_letter = isinstance(right, Name) and not self.scope.is_size(right.key)
        sides = self.index(left, None), (self.index(right, limit) if is_letter else self.bound_value(right))
        for was, (_, _, flag) in list(zip(used, self.indices.bound, strict=True))[-own:]:
            flag[0] = was  # a condition alone does not use an index of its own sum
        return word(operator), *sides

    def _is_constant(self, body: Typed) -> bool:
        """Whether the body has no symbol that could carry an index: ``Σ_n 1`` is meant."""
        bound = {inner.args[1] for inner in body.expr.atoms(IndexSum, IndexProduct)}
        free = body.expr.free_symbols - bound
        return all(self.scope.is_size(symbol.name) for symbol in free) and not body.expr.atoms(Str)

    def _constant_summand(self, letter: str, node: Reduction, before: frozenset[str]) -> None:
        """Accept a sum from 1 to n of what does not use the index, where nothing is declared; it is n times that.

        Its index may stand in the name of something that is known as a whole, as ``p(y_i \\mid \\lambda)`` is.
        """
        here = index_letters(node.body)
        if letter in here:
            raise Unreadable("N106", f"the index {letter} stands in the name of something known as a whole", node.span)
        others = {name for name in self.indices.free if name in here and name not in before}
        if not self.scope.undeclared or node.lower is None or node.upper is None or others:
            self._unused(letter, node, before)
        self.notes.append(f"{CONSTANT_SUMMAND}: {letter}")

    def _unused(self, letter: str, node: Reduction, before: frozenset[str]) -> None:
        here = index_letters(node.body)
        others = sorted(name for name in self.indices.free if name in here and name not in before)
        whole, part = ("product", "factor") if node.operator == "prod" else ("sum", "summand")
        hint = f"; the {part} uses {others[0]}" if others else ""
        raise Malformed(
            "S210",
            f"the {whole} runs over {letter}, which the {part} does not use{hint}",
            node.span,
            (letter, others[0]) if others else None,
        )

    def _implied(self, node: Reduction) -> str:
        """Return the index of a sum that has none: the one letter that is otherwise free."""
        here = {name for name in index_letters(node.body) if not self.indices.is_bound(name)}
        candidates = sorted(here - self.outside - set(self.indices.free))
        if len(candidates) != 1:
            raise Malformed(
                "S210",
                "the sum has no index, and "
                + ("no index is otherwise free" if not candidates else f"{' and '.join(candidates)} are free"),
                node.span,
            )
        self.notes.append(f"the sum without an index is read as a sum over {candidates[0]}")
        return candidates[0]

    def _close(
        self, node: Reduction, body: Typed, letter: str, lower: Any, upper: Any, condition: tuple[Any, ...] | None
    ) -> Typed:
        index = IndexSymbol(letter)
        tail = condition or ()
        if node.operator == "prod":
            factor = self.need_scalar(body, "a factor of a product over an index")
            return Typed(build(IndexProduct, factor.expr, index, lower, upper, *tail), None, node.span)
        made = IndexSum if body.shape is None else MatrixIndexSum
        return Typed(build(made, body.expr, index, lower, upper, *tail), body.shape, node.span)


def _without_tail(node: Reduction) -> tuple[Reduction, Node] | None:
    """Return a product over an index without the last factors that do not use it, and these; None if there are none."""
    body, letters = node.body, {item.key for item in node.indices if isinstance(item, Name)}
    if not isinstance(body, Product) or "/" in body.operators:
        return None
    using = [at for at, item in enumerate(body.items) if letters & index_letters(item)]
    if not using and isinstance(body.items[0], Group) and body.operators[1] == "\\cdot":
        using = [0]  # of equal factors, the product ends behind the bracket
    if not using or using[-1] == len(body.items) - 1:
        return None
    parts = []
    for start, stop in ((0, using[-1] + 1), (using[-1] + 1, len(body.items))):
        items = body.items[start:stop]
        span = items[0].span.cover(items[-1].span)
        parts.append(items[0] if len(items) == 1 else Product(span, items, ("", *body.operators[start + 1 : stop])))
    return replace(node, body=parts[0]), parts[1]


def index_letters(node: Node) -> frozenset[str]:
    """Return the single letters that stand as indices somewhere below a node."""
    return frozenset(_letters(node))


def outside_letters(node: Node) -> frozenset[str]:
    """Return the index letters below a node, those inside sums without an index left out."""
    return frozenset(_letters(node, skip_bare=True))


def _letters(node: Any, *, skip_bare: bool = False) -> Iterator[str]:
    stack: list[tuple[Any, frozenset[str]]] = [(node, frozenset())]
    while stack:
        current, bound = stack.pop()
        if isinstance(current, Reduction):
            if skip_bare and not current.indices:
                continue
            bound |= {item.key for item in current.indices if isinstance(item, Name)}
            if current.condition is not None and isinstance(current.condition[2], Name):
                bound |= {current.condition[2].key}
        if isinstance(current, Scripted):
            for item in (*current.sub, *((current.above,) if current.above else ())):
                if isinstance(item, Name) and len(item.key) == 1 and item.key.islower() and item.key not in bound:
                    yield item.key
        if isinstance(current, Node):
            for entry in fields(current):
                stack.append((getattr(current, entry.name), bound))
        elif isinstance(current, tuple):
            stack.extend((item, bound) for item in current)
