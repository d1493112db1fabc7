"""Syntax trees and declarations to SymPy expressions with shapes: what the formula means."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

from sympy import Add, Integer, Pow, Rational
from sympy.matrices.expressions import (
    Determinant,
    HadamardProduct,
    Identity,
    Inverse,
    KroneckerProduct,
    MatMul,
    OneMatrix,
    Trace,
    Transpose,
    ZeroMatrix,
)

from derive.counting import COUNTS
from derive.expr import (
    Blocks,
    Delta,
    DiagonalMatrix,
    DiagonalOf,
    Instantiated,
    MatrixFunction,
    MatrixIndexSum,
    MatrixInstantiated,
    Norm,
    ScalarFunction,
    ScalarOf,
    UnitVector,
    Vec,
    build,
    word,
)
from derive.facts import Kind
from derive.indices import IndexSymbol
from derive.instances import Instances
from derive.known import SPECIAL
from derive.names import FAMILY
from derive.scope import square_key
from derive.shape import ONE
from derive.source import Span
from derive.syntax import (
    Array,
    Bars,
    Cases,
    Derivative,
    Differential,
    Ellipsis_,
    Entrywise,
    EvaluatedAt,
    Fraction_,
    FunctionCall,
    Group,
    Listed,
    Name,
    Node,
    NormBars,
    Num,
    Product,
    Reduction,
    Root,
    Scripted,
    Stated,
    Terms,
)
from derive.tokens import Unreadable
from derive.typed import Malformed, Typed

_ENTRY_BY_ENTRY = frozenset(
    {"exp", "log", "tanh", "sin", "cos", "sinh", "cosh", "sigmoid", "sqrt", "softplus", "relu", "abs", "sech"}
)


class Elaborator(Instances):
    """Elaboration of one relation; sizes are found by unification over all of it."""

    def elaborate(self, node: Node) -> Typed:
        """Return the meaning of a syntax tree.

        Raises
        ------
        Malformed
            If shapes or indices do not conform.
        Unreadable
            If something is not declared or not supported.
        """
        return getattr(self, "_on_" + type(node).__name__.rstrip("_").lower())(node)

    def fresh(self) -> Elaborator:
        """Return an elaborator of another formula in the same scope."""
        return Elaborator(self.scope, self.layout, self.symmetric)

    # -- leaves ------------------------------------------------------------------------------------------------

    def _on_num(self, node: Num) -> Typed:
        value: Fraction = node.value
        return Typed(Rational(value.numerator, value.denominator), None, node.span)

    def _on_name(self, node: Name) -> Typed:
        found, _ = self.symbol(node)
        return self._value(found, node)

    def _value(self, found: Any, node: Node) -> Typed:
        if isinstance(found, Typed):
            return found
        raise Malformed("S214", "a function stands without its argument", node.span)

    def _on_ellipsis(self, node: Ellipsis_) -> Typed:
        raise Unreadable("N106", "dots inside a formula are not supported", node.span)

    def _on_listed(self, node: Listed) -> Typed:
        """Return the sum over i of the elements times unit vectors."""
        if node.upper is None:
            return self._repeated(node)
        upper = self.size(node.upper)
        self.indices.push(node.letter.key, upper)
        body = self.elaborate(node.template)
        self.indices.pop()
        index = IndexSymbol(node.letter.key)
        unit = Typed(build(UnitVector, index, upper), (upper, ONE), node.span)
        row = self.transpose(unit, node.span)
        scalar = self.scalar(body)
        if scalar is not None:
            factors = {"column": [scalar, unit], "row": [scalar, row], "diagonal": [scalar, unit, row]}[node.kind]
        elif node.kind == "column" and self.sizes.unify(body.shape[0], ONE):  # type: ignore[index]
            factors = [unit, body]
        elif node.kind == "row" and self.sizes.unify(body.shape[1], ONE):  # type: ignore[index]
            factors = [body, row]
        else:
            raise Unreadable("N106", "blocks that are written with dots are not supported", node.span)
        term = self.multiply(factors, node.span)
        total = build(MatrixIndexSum, term.expr, index, Integer(1), upper)
        return Typed(total, term.shape, node.span)

    def _repeated(self, node: Listed) -> Typed:
        """Return a column, a row or a diagonal matrix of equal numbers; its size is found by use."""
        value = self.need_scalar(self.elaborate(node.template), "an element that is repeated")
        size = self.sizes.fresh()
        shape = {"column": (size, ONE), "row": (ONE, size), "diagonal": (size, size)}[node.kind]
        made = build(Identity, size) if node.kind == "diagonal" else build(OneMatrix, *shape)
        return self.multiply([value, Typed(made, shape, node.span)], node.span)

    def _on_group(self, node: Group) -> Typed:
        if node.kind in ("\\langle",) and len(node.items) == 2:
            return self._inner_product(node)
        if node.kind == "\\langle":
            return self.average(node)
        if len(node.items) != 1:
            return self._beside(node)
        return self.elaborate(node.items[0])

    def _beside(self, node: Group) -> Typed:
        """Return arrays that are listed in square brackets beside one another, as in ``X = [\\mathbf{1}, x]``."""
        if node.kind == "[" and all(mark == "," for mark in node.separators):
            items = [self.elaborate(item) for item in node.items]
            if all(item.shape is not None for item in items):
                return self._on_array(Array(node.span, "bmatrix", (node.items,)))
        raise Unreadable("N103", "expected one expression between the brackets, found a list", node.span)

    def _inner_product(self, node: Group) -> Typed:
        left, right = (self.elaborate(item) for item in node.items)
        if left.shape is None and right.shape is None:
            return self.multiply([left, right], node.span)
        if not self.same(left.shape, right.shape):
            raise Malformed(
                "S203",
                f"the inner product of {self.show(left.shape)} and {self.show(right.shape)} is not defined",
                node.span,
            )
        product = self.multiply([self.transpose(left, left.span), right], node.span)
        if self.scalar(product) is not None:
            return self.need_scalar(product, "an inner product")
        return Typed(build(Trace, product.expr), None, node.span)

    # -- sums and products -------------------------------------------------------------------------------------

    def _on_terms(self, node: Terms) -> Typed:
        return self.add([(sign, self.elaborate(item)) for sign, item in node.items], node.span)

    def _on_product(self, node: Product) -> Typed:
        if self.greedy:
            node = _widened(node)
        factors: list[Typed] = []
        position = 0
        while position < len(node.items):
            operator = node.operators[position]
            factor, position = self._factor(node, position)
            if operator == "/":
                factors = [self.divide(self.multiply(factors, node.span), factor, node.span)]
            elif operator == "\\cdot" and factors and self._dots(factors[-1], factor):
                factors[-1] = self.transpose(factors[-1], factors[-1].span)
                factors.append(factor)
            else:
                factors.append(factor)
        return factors[0] if len(factors) == 1 else self.multiply(factors, node.span)

    def _dots(self, left: Typed, right: Typed) -> bool:
        """Whether ``a · b`` of two columns is their inner product."""
        if left.shape is None or right.shape is None:
            return False
        shapes = [self.resolve(left.shape), self.resolve(right.shape)]
        return shapes[0] == shapes[1] and shapes[0][1] == 1 and shapes[0][0] != 1  # type: ignore[index]

    def _factor(self, node: Product, position: int) -> tuple[Typed, int]:
        """Return the factor at a position: a function takes the bracket behind it as its argument."""
        item = node.items[position]
        if position + 1 < len(node.items) and node.operators[position + 1] == "":
            group = node.items[position + 1]
            if isinstance(group, FunctionCall) and group.function == "factorial" and self._is_called(item, group):
                raise Unreadable("N106", "a factorial behind the argument of a function means two things", group.span)
            inner = group.base if isinstance(group, Scripted) else group
            if isinstance(inner, Group) and inner.kind in ("(", "[") and not self.is_another(item, group):
                applied = self.apply(item, inner)
                if applied is not None:
                    if isinstance(group, Scripted):
                        applied = self._scripts(applied, group)
                    return applied, position + 2
        return self.elaborate(item), position + 1

    def _is_called(self, head: Node, factorial: FunctionCall) -> bool:
        """Whether a function stands before the bracket of a factorial, as in ``f(x)!``."""
        base = head.base if isinstance(head, Scripted) else head
        if not isinstance(base, Name) or not isinstance(factorial.argument, Group):
            return False
        return self._callable(head) is not None or base.key in SPECIAL

    def _on_entrywise(self, node: Entrywise) -> Typed:
        left, right = self.elaborate(node.left), self.elaborate(node.right)
        if left.shape is None or right.shape is None:
            return self.multiply([left, right], node.span)
        if node.operator == "hadamard":
            if not self.same(left.shape, right.shape):
                raise Malformed(
                    "S203",
                    f"the Hadamard product of {self.show(left.shape)} and {self.show(right.shape)} is not defined",
                    node.span,
                )
            return Typed(build(HadamardProduct, left.expr, right.expr), left.shape, node.span)
        shape = tuple(
            self.sizes.resolve(a) * self.sizes.resolve(b) for a, b in zip(left.shape, right.shape, strict=True)
        )
        return Typed(build(KroneckerProduct, left.expr, right.expr), shape, node.span)

    def _on_fraction(self, node: Fraction_) -> Typed:
        return self.divide(self.elaborate(node.numerator), self.elaborate(node.denominator), node.span)

    def _on_root(self, node: Root) -> Typed:
        inner = self.elaborate(node.inner)
        degree = Typed(Integer(2), None, node.span) if node.degree is None else self.elaborate(node.degree)
        if not (isinstance(degree.expr, Integer) and degree.expr > 0):
            raise Unreadable("N106", "a root of this degree is not supported", node.span)
        if self.scalar(inner) is None and degree.expr == 2 and inner.shape and inner.shape[1] == ONE:
            return Typed(build(MatrixFunction, word("sqrt"), Integer(0), inner.expr), inner.shape, node.span)
        return self.power(inner, Typed(Rational(1, int(degree.expr)), None, node.span), node.span)

    # -- scripts -----------------------------------------------------------------------------------------------

    def _on_scripted(self, node: Scripted) -> Typed:
        base = node.base
        if isinstance(base, Name):
            if (
                base.key in ("e", "\\mathrm{e}")
                and node.power is not None
                and self.find_key(base.key) is None
                and not node.sub
            ):
                exponent = self.elaborate(node.power)
                if exponent.shape is not None and self.sizes.resolve(exponent.shape[1]) != 1:
                    raise Unreadable("U602", "the exponential of a matrix is not supported", node.span)
                return self.function("exp", exponent, node.span)
            if base.key == "\\delta" and len(node.sub) == 2 and self.find_key(base.key) is None:
                i, j = self.index(node.sub[0], None), self.index(node.sub[1], None)
                return Typed(build(Delta, i, j), None, node.span)
            square = self._square(node, base)
            if square is not None:
                return square
            if self._entry_of_inverse(node):
                whole = self._scripts(self._value(self.symbol(base)[0], base), node, skip_sub=True)
                return self.entry(whole, node.sub, node.span)
            found, _ = self.symbol(node)
            return self._scripts(self._value(found, node), node, skip_sub=True)
        if isinstance(base, Num) and base.value in (0, 1) and node.sub and node.power is None:
            constant = Name(base.span, "\\mathbf{1}" if base.value == 1 else "\\mathbf{0}")
            found, _ = self.symbol(Scripted(node.span, constant, node.sub, node.sub_text))
            return self._scripts(self._value(found, node), node, skip_sub=True)
        if isinstance(base, Group) and base.kind == "\\langle":
            inner = self.average(base, node) if len(base.items) == 1 else self.elaborate(base)
            return self._scripts(inner, node, skip_sub=True)
        if isinstance(base, NormBars):
            return self._scripts(self._norm(base, node.sub, node.sub_text), node, skip_sub=True)
        return self._scripts(self.elaborate(base), node)

    def _square(self, node: Scripted, base: Name) -> Typed | None:
        """Return the square of a symbol of which only the square is defined."""
        power = node.power
        if not isinstance(power, Num) or power.value.denominator != 1 or power.value % 2 or node.transposed:
            return None
        key = square_key(base.key)
        if not ({key, f"{key}_{{{node.sub_text}}}", key + FAMILY} & self.scope.names.keys()):
            return None
        plain: Node = Name(base.span, key)
        if node.sub:
            plain = Scripted(node.span, plain, node.sub, node.sub_text)
        value = self.elaborate(plain)
        half = power.value / 2
        return value if half == 1 else self.power(value, self._on_num(Num(power.span, half)), node.span)

    def _entry_of_inverse(self, node: Scripted) -> bool:
        """Whether ``X^{-1}_{ij}`` is an entry of the inverse: X is a matrix without indices of its own."""
        assert isinstance(node.base, Name)
        if len(node.sub) != 2 or not (node.transposed or isinstance(node.power, Terms | Num)) or node.above is not None:
            return False
        if isinstance(node.power, Num) and node.power.value > 0 and not node.transposed:
            return False
        key = self.find_key(node.base.key)
        declaration = self.scope.declarations.get(key or "")
        if declaration is not None:
            return declaration.kind is Kind.ARRAY and not declaration.ranges
        return any(not d.ranges and not d.called and d.shape is not None for d in self.scope.overloads(key or ""))

    def _scripts(self, value: Typed, node: Scripted, *, skip_sub: bool = False) -> Typed:
        if node.sub and not skip_sub:
            value = self.entry(value, node.sub, node.span)
        for _ in range(node.primes):
            if value.shape is None:
                raise Unreadable("N105", "a prime behind a scalar is neither a transpose nor a derivative", node.span)
            value = self.transpose(value, node.span)
        if node.power is not None:
            value = self._power_of(value, node)
        if node.transposed and value.shape is None and self._is_number("T"):
            raise Unreadable("N106", "T is a number here, and this may be a power or a transpose", node.span)
        return self.transpose(value, node.span) if node.transposed else value

    def _is_number(self, key: str) -> bool:
        found = self.scope.declarations.get(key)
        return found is not None and found.kind in (Kind.SIZE, Kind.SCALAR) and not found.ranges

    def _power_of(self, value: Typed, node: Scripted) -> Typed:
        assert node.power is not None
        return self.power(value, self.elaborate(node.power), node.span)

    # -- brackets ----------------------------------------------------------------------------------------------

    def _on_bars(self, node: Bars) -> Typed:
        inner = self.elaborate(node.inner)
        scalar = self.scalar(inner)
        if scalar is not None:
            return Typed(build(ScalarFunction, word("abs"), Integer(0), scalar.expr), None, node.span)
        self.square(inner, "a determinant")
        return Typed(build(Determinant, inner.expr), None, node.span)

    def _on_normbars(self, node: NormBars) -> Typed:
        return self._norm(node, (), "")

    def _norm(self, node: NormBars, sub: tuple[Node, ...], text: str) -> Typed:
        inner = self.elaborate(node.inner)
        kind = text.replace("\\mathrm", "").replace("\\text", "").strip("{}").strip()
        if inner.shape is None or self.scalar(inner) is not None:
            return Typed(
                build(ScalarFunction, word("abs"), Integer(0), self.need_scalar(inner, "a norm").expr), None, node.span
            )
        vector = self.sizes.resolve(inner.shape[1]) == 1 or self.sizes.resolve(inner.shape[0]) == 1
        if kind in ("", "2", "F", "\\mathcal{F}", "Fro", "fro"):
            if not vector and kind == "2":
                raise Unreadable("N106", "the spectral norm of a matrix is not supported", node.span)
            if not vector and not kind:
                self.notes.append("the norm of a matrix is read as the Frobenius norm")
            return Typed(build(Norm, inner.expr, word("2")), None, node.span)
        if kind in ("1",) and vector:
            return Typed(build(Norm, inner.expr, word("1")), None, node.span)
        if vector and len(sub) == 1 and not isinstance(sub[0], Num):
            weight = self.elaborate(sub[0])
            column = inner if self.sizes.resolve(inner.shape[1]) == 1 else self.transpose(inner, node.span)
            form = self.multiply([self.transpose(column, node.span), weight, column], node.span)
            return Typed(build(Pow, self.need_scalar(form, "a norm").expr, Rational(1, 2)), None, node.span)
        raise Unreadable("N106", f"the norm with subscript {text} is not supported", node.span)

    def _on_array(self, node: Array) -> Typed:
        rows = [[self.elaborate(cell) for cell in row] for row in node.rows]
        heights = [self._common(row, 0, node.span) for row in rows]
        widths = [self._common([row[j] for row in rows], 1, node.span) for j in range(len(rows[0]))]
        blocks: list[Any] = []
        for height, row in zip(heights, rows, strict=True):
            for width, cell in zip(widths, row, strict=True):
                blocks.append(self._block(cell, height, width))
        shape = (Add(*(self.sizes.resolve(h) for h in heights)), Add(*(self.sizes.resolve(w) for w in widths)))
        expr = build(Blocks, Integer(len(rows)), Integer(len(widths)), *blocks)
        if shape == (1, 1):
            return self.need_scalar(Typed(expr, shape, node.span), "a block")
        whole = Typed(expr, shape, node.span)
        if node.kind == "vmatrix":
            return Typed(build(Determinant, self.square(whole, "a determinant").expr), None, node.span)
        return whole

    def _on_cases(self, node: Cases) -> Typed:
        for value, _ in node.rows:
            self.elaborate(value)
        raise Unreadable("U604", "a case distinction is compared with one of the same cases only", node.span)

    def _on_stated(self, node: Stated) -> Typed:
        raise Unreadable("N106", "a relation inside brackets has no value", node.span)

    def _common(self, cells: list[Typed], axis: int, span: Span) -> Any:
        """Return the common height (axis 0) or width of blocks; a zero fits everywhere."""
        size = self.sizes.fresh()
        known = False
        for cell in cells:
            if cell.shape is None and cell.expr == 0:
                continue
            known = True
            if not self.sizes.unify(size, ONE if cell.shape is None else cell.shape[axis]):
                raise Malformed(
                    "S202",
                    f"the blocks of one {'column' if axis else 'row'} differ: "
                    f"{self.show(cell.shape)} among blocks of size {self.sizes.resolve(size)}",
                    cell.span,
                )
        if not known:
            self.sizes.unify(size, ONE)
        return size

    def _block(self, cell: Typed, height: Any, width: Any) -> Any:
        if (
            cell.shape is None
            and cell.expr == 0
            and not (self.sizes.resolve(height) == 1 and self.sizes.resolve(width) == 1)
        ):
            return build(ZeroMatrix, height, width)
        return cell.expr

    def _on_evaluatedat(self, node: EvaluatedAt) -> Typed:
        body, symbol, value = self.elaborate(node.inner), self.elaborate(node.symbol), self.elaborate(node.value)
        self.need_given(body, "evaluated at a value", node.span)
        if value.shape is None and symbol.shape is not None and value.expr == 0:
            value = Typed(build(ZeroMatrix, *symbol.shape), symbol.shape, value.span)
        if not self.same(symbol.shape, value.shape):
            raise Malformed("S201", f"{self.show(symbol.shape)} cannot be set to {self.show(value.shape)}", node.span)
        return Typed(
            build(Instantiated if body.shape is None else MatrixInstantiated, body.expr, symbol.expr, value.expr),
            body.shape,
            node.span,
        )

    # -- functions ---------------------------------------------------------------------------------------------

    def _on_functioncall(self, node: FunctionCall) -> Typed:
        argument = node.argument
        name = node.function
        if name in COUNTS:
            value = self.counted(node)
            return value if node.power is None else self.power(value, self.elaborate(node.power), node.span)
        if name == "diag" and isinstance(argument, Group) and len(argument.items) > 1:
            return self._diagonal_of_list(argument)
        value = self.function(name, self.elaborate(argument), node.span)
        if node.power is not None:
            value = self.power(value, self.elaborate(node.power), node.span)
        return self.transpose(value, node.span) if node.transposed else value

    def _diagonal_of_list(self, group: Group) -> Typed:
        entries = [self.need_scalar(self.elaborate(item), "an entry of diag(…)") for item in group.items]
        vector = build(Blocks, Integer(len(entries)), ONE, *(entry.expr for entry in entries))
        size = Integer(len(entries))
        return Typed(build(DiagonalMatrix, vector), (size, size), group.span)

    def function(self, name: str, argument: Typed, span: Span) -> Typed:
        """Apply a known function."""
        if name in _ENTRY_BY_ENTRY:
            scalar = self.scalar(argument)
            if scalar is not None:
                return Typed(build(ScalarFunction, word(name), Integer(0), scalar.expr), None, span)
            return Typed(build(MatrixFunction, word(name), Integer(0), argument.expr), argument.shape, span)
        if name in ("softmax", "logsumexp"):
            column = self.need_array(argument, f"the argument of {name}")
            if name == "softmax":
                return Typed(build(MatrixFunction, word("softmax"), Integer(0), column.expr), column.shape, span)
            total = build(MatrixFunction, word("exp"), Integer(0), column.expr)
            return Typed(build(ScalarFunction, word("log"), Integer(0), _entry_sum(total, column.shape)), None, span)
        if name in ("det", "logdet", "trace"):
            scalar = self.scalar(argument)
            inner = (
                scalar.expr
                if scalar is not None
                else build(
                    Trace if name == "trace" else Determinant,
                    self.square(argument, f"a {'trace' if name == 'trace' else 'determinant'}").expr,
                )
            )
            return Typed(
                build(ScalarFunction, word("log"), Integer(0), inner) if name == "logdet" else inner, None, span
            )
        if name == "vec":
            array = self.need_array(argument, "the argument of vec")
            shape = self.resolve(array.shape)
            assert shape is not None
            return Typed(build(Vec, array.expr), (shape[0] * shape[1], ONE), span)
        if name == "diag":
            array = self.need_array(argument, "the argument of diag")
            rows, cols = self.resolve(array.shape)  # type: ignore[misc]
            if cols == 1:
                return Typed(build(DiagonalMatrix, array.expr), (rows, rows), span)
            if rows == 1:
                return Typed(build(DiagonalMatrix, build(Transpose, array.expr)), (cols, cols), span)
            self.square(array, "the diagonal")
            return Typed(build(DiagonalOf, array.expr), (rows, ONE), span)
        if name == "adjugate":
            square = self.square(argument, "the adjugate")
            return Typed(
                build(MatMul, build(Determinant, square.expr), build(Inverse, square.expr)), square.shape, span
            )
        raise Unreadable("N106", f"the function {name} is not supported", span)

    # -- derivatives and differentials -------------------------------------------------------------------------

    def _on_derivative(self, node: Derivative) -> Typed:
        return self.derivative_at(node) or self.derivative(node)

    def _on_differential(self, node: Differential) -> Typed:
        return self.differential(node)

    def _on_reduction(self, node: Reduction) -> Typed:
        return self.reduction(node)


def _widened(node: Product) -> Product:
    """Return a product in which ``\\det A B`` is the determinant of AB."""
    for at, item in enumerate(node.items[:-1]):
        if isinstance(item, FunctionCall) and item.function == "det" and item.bare:
            stop = at + 1
            while (
                stop < len(node.items) and node.operators[stop] == "" and not isinstance(node.items[stop], FunctionCall)
            ):
                stop += 1
            if stop > at + 1:
                inside = Product(item.span, (item.argument, *node.items[at + 1 : stop]), ("",) * (stop - at))
                wide = replace(item, argument=inside, bare=False)
                items = (*node.items[:at], wide, *node.items[stop:])
                return _widened(
                    replace(node, items=items, operators=(*node.operators[: at + 1], *node.operators[stop:]))
                )
    return node


def _entry_sum(column: Any, shape: Any) -> Any:
    return build(ScalarOf, build(MatMul, build(Transpose, build(OneMatrix, *shape)), column))
