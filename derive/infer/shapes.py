"""The shapes of formulas whose symbols have guessed sorts: sizes are found by unification, misfits are reported."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sympy import Add, Integer, Mul, Symbol

from derive.counting import COUNTS
from derive.densities import DENSITIES, NUMBERS, is_written_as_density
from derive.infer.gather import is_application
from derive.infer.variables import OPERATORS, Variables
from derive.known import is_special
from derive.names import FAMILY
from derive.opaque import moment_head, split_condition
from derive.shape import ONE, Dim, Shape, Sizes, Unknown
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
    Integral,
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

_SCALARS = frozenset({"trace", "det", "logdet", "rank", "logsumexp"})
_IDENTITIES = frozenset({"I", "\\mathbf{I}", "\\mathrm{I}", "\\mathbb{I}", "\\mathrm{Id}"})
_ONES = frozenset({"\\mathbf{1}", "\\mathbb{1}"})
_DENSITIES = frozenset({"\\mathcal{N}", "\\mathrm{N}", "N"})


class Misfit(Exception):
    """Shapes do not fit together under the sorts that were guessed."""


class Open:
    """The shape of what is not understood; it fits everywhere."""


OPEN = Open()
AnyShape = Shape | None | Open


@dataclass
class Shapes:
    """The shapes of symbols, and of what is made of them.

    Attributes
    ----------
    variables : Variables
        How symbols resolve.
    known : dict of str to shape
        The shape of every symbol that has one.
    ranges : dict of str to tuple of size
        The ranges of the indices of families.
    sizes : Sizes
        What was found about sizes.
    letters : dict of str to size
        The upper bounds of index letters.
    """

    variables: Variables
    known: dict[str, AnyShape]
    ranges: dict[str, tuple[Dim, ...]] = field(default_factory=dict)
    sizes: Sizes = field(default_factory=Sizes)
    letters: dict[str, Dim] = field(default_factory=dict)

    # -- sizes -------------------------------------------------------------------------------------------------

    def upper(self, letter: str) -> Dim:
        """Return the upper bound of an index letter."""
        if letter not in self.letters:
            node = self.variables.letters.get(letter)
            size = None if node is None else self.size(node)
            self.letters[letter] = self.sizes.fresh() if size is None else size
        return self.letters[letter]

    def size(self, node: Node) -> Dim | None:
        """Return a size as it is written, or None if it is none."""
        match node:
            case Num():
                return Integer(node.value) if node.value.denominator == 1 else None
            case Name():
                return Symbol(node.key)
            case Scripted() if isinstance(node.base, Name) and node.power is None and node.sub:
                return Symbol(f"{node.base.key}_{{{node.sub_text}}}")
            case Terms():
                parts = [(sign, self.size(item)) for sign, item in node.items]
                known = [sign * part for sign, part in parts if part is not None]
                return Add(*known) if len(known) == len(parts) else None
            case Product() if all(operator in ("", "\\cdot") for operator in node.operators):
                factors = [self.size(item) for item in node.items]
                return None if any(factor is None for factor in factors) else Mul(*factors)
        return None

    def unify(self, left: Dim, right: Dim) -> None:
        """Make two sizes equal; products of several open sizes may be equal, and nothing follows for any of them."""
        if not self.sizes.unify(left, right) and not self._may_agree(left, right):
            raise Misfit

    def _may_agree(self, left: Dim, right: Dim) -> bool:
        left, right = self.sizes.resolve(left), self.sizes.resolve(right)
        is_compound = any(isinstance(side, Add | Mul) for side in (left, right))
        return is_compound and any(len(side.atoms(Unknown)) > 1 for side in (left, right))

    def same(self, left: AnyShape, right: AnyShape) -> AnyShape:
        """Make two shapes equal and return the one; a 1 × 1 matrix is a number."""
        if isinstance(left, Open):
            return right
        if isinstance(right, Open):
            return left
        if left is None or right is None:
            other = right if left is None else left
            if other is not None:
                for dim in other:
                    self._one(dim)
            return None
        if self._is_across(left, right) or self._is_across(right, left):
            raise Misfit  # a column beside a row would make numbers of both
        for a, b in zip(left, right, strict=True):
            self.unify(a, b)
        return left

    def _is_across(self, column: Shape, row: Shape) -> bool:
        """Whether one shape is that of a column of unknown length and the other that of a row."""
        return (
            self.sizes.resolve(column[1]) == self.sizes.resolve(row[0]) == 1
            and isinstance(self.sizes.resolve(column[0]), Unknown)
            and self.sizes.resolve(row[1]) != 1
        )

    def _one(self, dim: Dim) -> None:
        if self.sizes.resolve(dim) != 1:
            raise Misfit

    def plain(self, shape: AnyShape) -> AnyShape:
        """Return a shape with what is known filled in; a 1 × 1 matrix is a number."""
        if isinstance(shape, Open) or shape is None:
            return shape
        rows, cols = (self.sizes.resolve(dim) for dim in shape)
        return None if rows == 1 and cols == 1 else (rows, cols)

    # -- formulas ----------------------------------------------------------------------------------------------

    def shape(self, node: Node) -> AnyShape:
        """Return the shape of a formula.

        Raises
        ------
        Misfit
            If the shapes of its parts do not fit together.
        """
        return self.plain(getattr(self, "_on_" + type(node).__name__.rstrip("_").lower(), self._other)(node))

    def _other(self, node: Node) -> AnyShape:
        return OPEN

    def _on_num(self, node: Num) -> AnyShape:
        return OPEN if node.value == 0 else None

    def _on_name(self, node: Name) -> AnyShape:
        if node.key in self.variables.heads and node.key not in self.known:
            return None  # a function without its argument, as in ∂J/∂w
        if node.key in _IDENTITIES and node.key not in self.known:
            size = self.sizes.fresh()
            return size, size
        if node.key in ("\\pi", "e", "\\mathrm{e}"):
            return self.known.get(node.key)
        return self.known.get(node.key, OPEN)

    def _on_scripted(self, node: Scripted) -> AnyShape:
        value = self._base(node)
        if node.power is not None:
            value = self._power(value, node.power)
        if (node.transposed or node.primes) and not isinstance(value, Open) and value is not None:
            value = value[1], value[0]
        return value

    def _base(self, node: Scripted) -> AnyShape:
        base = node.base
        if not isinstance(base, Name):
            if isinstance(base, Num) and node.sub:
                return self._constant("\\mathbf{1}" if base.value == 1 else "\\mathbf{0}", node)
            value = self.shape(base)
            is_average = isinstance(base, Group) and base.kind == "\\langle"
            return self._entry(value, node) if node.sub and not (isinstance(base, NormBars) or is_average) else value
        key, count = self.variables.key(node)
        if key in self.known:
            value = self.known[key]
            if count:
                for item, upper in zip(node.sub, self.ranges.get(key, ()), strict=False):
                    self._index(item, upper)
                rest = node.sub[count:]
                return self._entry(value, node) if rest else value
            if node.sub and key == base.key:
                return self._entry(value, node)
            return value
        return self._constant(base.key, node)

    def _constant(self, key: str, node: Scripted) -> AnyShape:
        size = self.size(node.sub[0]) if len(node.sub) == 1 else None
        if key in _IDENTITIES and len(node.sub) > 1 and "," not in node.sub_text:
            factors = [self.size(item) for item in node.sub]
            are_indices = any(isinstance(item, Name) and item.key in self.variables.letters for item in node.sub)
            size = None if are_indices or any(factor is None for factor in factors) else Mul(*factors)
        if key in _IDENTITIES and size is not None:
            return size, size
        if key in (*_ONES, "\\mathbf{0}") and size is not None:
            return size, ONE
        return OPEN

    def _index(self, item: Node, upper: Dim) -> None:
        if isinstance(item, Name) and item.key in self.variables.letters:
            self.unify(self.upper(item.key), upper)

    def _entry(self, value: AnyShape, node: Scripted) -> AnyShape:
        if isinstance(value, Open):
            return value
        if value is None:
            raise Misfit
        rows, cols = (self.sizes.resolve(dim) for dim in value)
        if len(node.sub) == 1 and (rows == 1 or cols == 1):
            self._index(node.sub[0], rows if cols == 1 else cols)
            return None
        if len(node.sub) == 2:
            self._index(node.sub[0], rows)
            self._index(node.sub[1], cols)
            return None
        raise Misfit

    def _power(self, value: AnyShape, power: Node) -> AnyShape:
        if isinstance(value, Open) or value is None:
            return value
        rows, cols = value
        if self.sizes.resolve(rows) == 1 or self.sizes.resolve(cols) == 1:
            raise Misfit
        self.unify(rows, cols)
        return value

    def _on_group(self, node: Group) -> AnyShape:
        if len(node.items) == 1:
            return self.shape(node.items[0])
        shapes = [self.shape(item) for item in node.items]
        arrays = [shape for shape in shapes if shape is not None and not isinstance(shape, Open)]
        if node.kind != "[" or len(arrays) != len(shapes) or any(mark != "," for mark in node.separators):
            return OPEN
        for rows, _ in arrays:
            self.unify(rows, arrays[0][0])
        return arrays[0][0], Add(*(self.sizes.resolve(cols) for _, cols in arrays))

    def _on_terms(self, node: Terms) -> AnyShape:
        value: AnyShape = OPEN
        for _, item in node.items:
            value = self.same(value, self.shape(item))
        return value

    def _on_product(self, node: Product) -> AnyShape:
        value: AnyShape = None
        position = 0
        is_open = False
        while position < len(node.items):
            item = node.items[position]
            if (
                is_application(node, position, self.variables.heads)
                or self._is_operator(item)
                or self._is_known_function(node, position)
            ):
                shape = self._application(node, position)
                position = min(position + 2, len(node.items))  # the name of an operator may stand at the end
            else:
                shape = self.shape(item)
                position += 1
            operator = node.operators[position - 1]
            if isinstance(shape, Open):
                is_open = True
            elif node.operators[position - 1] == "/" and shape is not None:
                raise Misfit
            else:
                if operator in ("", "\\cdot") and position > 1:
                    self._factors(*node.items[position - 2 : position])
                value = self._times(value, shape, operator)
        return OPEN if is_open else value

    def _factors(self, left: Node, right: Node) -> None:
        """Take it that (A ⊗ B)(C ⊗ D) is AC ⊗ BD, as far as the sizes allow."""
        pairs = [_kronecker(left), _kronecker(right)]
        if not all(pairs):
            return
        for one, other in zip(*pairs, strict=True):
            a, b = self.shape(one), self.shape(other)
            if isinstance(a, tuple) and isinstance(b, tuple):
                self.sizes.unify(a[1], b[0])

    def _is_known_function(self, node: Product, position: int) -> bool:
        """Whether a factor is Γ or ψ with its argument behind it, and no symbol of the document."""
        head = node.items[position]
        base = head.base if isinstance(head, Scripted) else head
        behind = position + 1 < len(node.items) and node.operators[position + 1] == ""
        return (
            behind
            and isinstance(base, Name)
            and base.key in self.variables.special
            and base.key not in self.known
            and is_special(head, node.items[position + 1])
        )

    def _is_operator(self, node: Node) -> bool:
        base = node.base if isinstance(node, Scripted) else node
        return isinstance(base, Name) and base.key in OPERATORS

    def _times(self, left: AnyShape, right: AnyShape, operator: str) -> AnyShape:
        left = self.plain(left)
        if left is None or isinstance(left, Open):
            return right
        if right is None or isinstance(right, Open):
            return left
        if operator == "\\cdot" and left[1] == 1 and right[1] == 1 and left[0] != 1:
            self.unify(left[0], right[0])
            return None
        inner = self.sizes.resolve(left[1]), self.sizes.resolve(right[0])
        if ONE in inner and any(isinstance(size, Unknown) for size in inner):
            raise Misfit  # a column before a column would make a number of it
        self.unify(*inner)
        return self.plain((left[0], right[1]))

    def _application(self, node: Product, position: int) -> AnyShape:
        if position + 1 >= len(node.items):
            return OPEN
        head, group = node.items[position], node.items[position + 1]
        group = group.base if isinstance(group, Scripted) else group
        if not isinstance(group, Group):
            self.shape(group)
            return OPEN
        shapes = []
        for item in group.items:
            shapes.append(self.shape(item))
        name = head.base if isinstance(head, Scripted) else head
        key = name.key if isinstance(name, Name) else ""
        if key in _DENSITIES and len(shapes) == 3:
            self.density(*shapes)
            return None
        if key not in self.known and key not in self.variables.heads:
            if key in self.variables.special and is_special(head, group):
                return self.same(shapes[0], None)
            if is_written_as_density(key, group.separators):
                self.known_density(DENSITIES[key], shapes)
                return None
        return self._moment(moment_head(head, group), shapes[: len(split_condition(group)[0])])

    def _moment(self, operator: str | None, shapes: list[AnyShape]) -> AnyShape:
        """Return the shape of an expectation, or of a covariance of columns or numbers."""
        if operator is None:
            return OPEN
        if operator == "E":
            return shapes[0]
        found = self.plain(shapes[0]), self.plain(shapes[-1])
        if any(isinstance(shape, Open) for shape in found):
            return OPEN
        rows = []
        for shape in found:
            if isinstance(shape, tuple):
                self.unify(shape[1], ONE)
            rows.append(shape[0] if isinstance(shape, tuple) else ONE)
        return self.plain((rows[0], rows[1]))

    def density(self, x: AnyShape, mean: AnyShape, covariance: AnyShape) -> None:
        """Take note of a Gaussian: the mean is like the variable, the covariance is square."""
        value = self.same(x, mean)
        if isinstance(value, Open):
            return
        if value is None:
            self.same(covariance, None)
            return
        if covariance is None:
            raise Misfit
        self.same(covariance, (value[0], value[0]))

    def known_density(self, family: str, shapes: list[AnyShape]) -> None:
        """Take note of another density that is known by its name: which of its arguments are numbers, which alike."""
        variable, first = shapes[0], shapes[1]
        if family in NUMBERS:
            for each in shapes:
                self.same(each, None)
        elif family == "matrix normal":
            value = self.same(variable, first)
            if not isinstance(value, Open):
                rows, columns = (ONE, ONE) if value is None else value
                for covariance, size in ((shapes[2], rows), (shapes[3], columns)):
                    self._square(covariance, size)
        elif family == "wishart":
            self.same(variable, first)
            for each in shapes[:2]:
                if each is not None and not isinstance(each, Open):
                    self.unify(*each)
            self.same(shapes[2], None)
        else:
            self.density(*shapes[:3])
            self.same(shapes[3], None)

    def _square(self, shape: AnyShape, size: Dim) -> None:
        if isinstance(shape, Open):
            return
        for dim in (ONE, ONE) if shape is None else shape:
            self.unify(dim, size)

    def _on_fraction(self, node: Fraction_) -> AnyShape:
        value, below = self.shape(node.numerator), self.shape(node.denominator)
        if below is not None and not isinstance(below, Open):
            raise Misfit
        return value

    def _on_root(self, node: Root) -> AnyShape:
        return self.same(self.shape(node.inner), None)

    def _on_bars(self, node: Bars) -> AnyShape:
        inner = self.shape(node.inner)
        if inner is not None and not isinstance(inner, Open):
            self.unify(*inner)
        return None

    def _on_normbars(self, node: NormBars) -> AnyShape:
        self.shape(node.inner)
        return None

    def _on_functioncall(self, node: FunctionCall) -> AnyShape:
        if node.function in COUNTS:
            argument = node.argument
            for each in argument.items if node.function == "binomial" else (argument,):  # type: ignore[attr-defined]
                self.same(self.shape(each), None)
            return None
        inner = self.shape(node.argument)
        if node.function in _SCALARS:
            if (
                inner is not None
                and not isinstance(inner, Open)
                and node.function != "logsumexp"
                and node.function != "rank"
            ):
                self.unify(*inner)
            return None
        if isinstance(inner, Open):
            return inner
        if node.function == "diag" and inner is not None:
            if inner[1] == 1:
                return inner[0], inner[0]
            return inner[0], ONE
        if node.function == "vec" and inner is not None:
            return self.sizes.resolve(inner[0]) * self.sizes.resolve(inner[1]), ONE
        plain = self.plain(inner)
        if node.function in ("log", "exp", "sqrt") and plain is not None and 1 not in plain:  # type: ignore[operator]
            raise Misfit
        return inner

    def _on_reduction(self, node: Reduction) -> AnyShape:
        for item in node.indices:
            if isinstance(item, Name) and node.upper is not None:
                size = self.size(node.upper)
                if size is not None:
                    self.sizes.unify(self.upper(item.key), size)
        value = self.shape(node.body)
        return self.same(value, None) if node.operator == "prod" else value

    def _on_integral(self, node: Integral) -> AnyShape:
        variable = self.shape(node.variable)
        if node.is_line:
            self.same(variable, None)
        elif node.space:
            sizes = [self.size(size) for size in node.space]
            if all(size is not None for size in sizes):
                self.same(variable, (sizes[0], sizes[1] if len(sizes) == 2 else ONE))
        return self.shape(node.body)

    def _on_listed(self, node: Listed) -> AnyShape:
        size = None if node.upper is None else self.size(node.upper)
        upper = self.sizes.fresh() if size is None else size
        if size is not None:
            self.unify(self.upper(node.letter.key), size)
        body = self.shape(node.template)
        if isinstance(body, Open):
            return body
        if body is None:
            return {"column": (upper, ONE), "row": (ONE, upper)}.get(node.kind, (upper, upper))
        at = 0 if node.kind == "column" else 1
        self.unify(body[at], ONE)
        return (upper, body[1]) if at == 0 else (body[0], upper)

    def _on_derivative(self, node: Derivative) -> AnyShape:
        body = self.shape(node.body)
        wrt = [self.shape(each) for each in node.wrt]
        if len(wrt) == 1 and body is None and node.order == 1:
            return wrt[0]
        return OPEN

    def _on_differential(self, node: Differential) -> AnyShape:
        return self.shape(node.inner)

    def _on_evaluatedat(self, node: EvaluatedAt) -> AnyShape:
        self.same(self.shape(node.symbol), self.shape(node.value))
        return self.shape(node.inner)

    def _on_entrywise(self, node: Entrywise) -> AnyShape:
        left, right = self.shape(node.left), self.shape(node.right)
        if node.operator == "hadamard":
            return self.same(left, right)
        if isinstance(left, Open) or isinstance(right, Open) or left is None or right is None:
            return OPEN
        rows, cols = (self.sizes.resolve(a) * self.sizes.resolve(b) for a, b in zip(left, right, strict=True))
        return rows, cols

    def _on_array(self, node: Array) -> AnyShape:
        if any(isinstance(cell, Ellipsis_) for row in node.rows for cell in row):
            return OPEN
        rows = [[self.shape(cell) for cell in row] for row in node.rows]
        heights = [self._common([cell for cell in row], 0) for row in rows]
        widths = [self._common([row[at] for row in rows], 1) for at in range(len(rows[0]))]
        return Add(*map(self.sizes.resolve, heights)), Add(*map(self.sizes.resolve, widths))

    def _on_cases(self, node: Cases) -> AnyShape:
        value: AnyShape = OPEN
        for each, _ in node.rows:
            value = self.same(value, self.shape(each))
        return value

    def _on_stated(self, node: Stated) -> AnyShape:
        if node.sign == "=":
            self.same(self.shape(node.left), self.shape(node.right))
        return OPEN

    def _common(self, cells: list[AnyShape], axis: int) -> Dim:
        size = self.sizes.fresh()
        for cell in cells:
            if cell is None:
                self.unify(size, ONE)
            elif not isinstance(cell, Open):
                self.unify(size, cell[axis])
        if all(isinstance(cell, Open) for cell in cells):
            self.unify(size, ONE)
        return size


def _kronecker(node: Node) -> tuple[Node, Node] | None:
    """Return the factors of a Kronecker product in brackets that is not transposed."""
    inner = node.items[0] if isinstance(node, Group) and len(node.items) == 1 else None
    return (inner.left, inner.right) if isinstance(inner, Entrywise) and inner.operator == "kronecker" else None


def is_family(key: str) -> bool:
    """Whether a key is that of a family."""
    return key.endswith(FAMILY)


def opened(dim: Dim) -> bool:
    """Whether a size is not known."""
    return isinstance(dim, Unknown)


__all__ = ["OPEN", "AnyShape", "Mapping", "Misfit", "Open", "Shapes", "is_family", "opened"]
