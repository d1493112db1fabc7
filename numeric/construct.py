"""Constructors of the array program: each returns a node in the form in which it is shared and recognised.

Identities, zeros and coefficients are moved out where a node is made, so that no pass has to look for them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from fractions import Fraction

from numeric.program import ONE, Axis, Dim, Node, Over, make, nodes


def number(value: Fraction | int) -> Node:
    """Return a number."""
    return combination([(Fraction(value), one())])


def one(shape: tuple[Dim, ...] = ()) -> Node:
    """Return the number one, or an array of ones."""
    return make("one", shape=shape)


def value_of(node: Node) -> Fraction | None:
    """Return the value of a node that is a number, else None."""
    if node.op == "one" and node.is_number:
        return Fraction(1)
    if node.op == "add" and node.is_number:
        if not node.args:
            return Fraction(0)
        if len(node.args) == 1 and node.args[0].op == "one":
            return Fraction(node.data[0])
    return None


def split(node: Node) -> tuple[Fraction, Node]:
    """Return the coefficient of a node and the rest."""
    if node.op == "add" and len(node.args) == 1:
        return node.data[0], node.args[0]
    return Fraction(1), node


def combination(terms: Iterable[tuple[Fraction, Node]], shape: tuple[Dim, ...] | None = None) -> Node:
    """Return a linear combination; like terms are collected, combinations inside are opened."""
    found: dict[Node, Fraction] = {}
    shapes: list[tuple[Dim, ...]] = [] if shape is None else [shape]
    for coefficient, term in terms:
        shapes.append(term.shape)
        inner = zip(term.data, term.args, strict=True) if term.op == "add" else ((Fraction(1), term),)
        for factor, part in inner:
            if part.op != "zero":
                found[part] = found.get(part, Fraction(0)) + coefficient * factor
    kept = [(c, part) for part, c in found.items() if c]
    whole = max(shapes, key=len, default=())
    if not kept:
        return make("zero", shape=whole) if whole else make("add")
    if len(kept) == 1 and kept[0][0] == 1 and kept[0][1].shape == whole:
        return kept[0][1]
    return make("add", (part for _, part in kept), (c for c, _ in kept), whole)


def add(*terms: Node) -> Node:
    """Return a sum."""
    return combination([(Fraction(1), term) for term in terms])


def scale(coefficient: Fraction | int, node: Node) -> Node:
    """Return a multiple."""
    return combination([(Fraction(coefficient), node)])


def negative(node: Node) -> Node:
    """Return the negative."""
    return scale(-1, node)


def mul(*factors: Node) -> Node:
    """Return a product entry by entry; like factors are collected into powers with rational exponents."""
    coefficient = Fraction(1)
    found: dict[Node, Fraction] = {}
    shape: tuple[Dim, ...] = ()
    stack = list(reversed(factors))
    while stack:
        factor = stack.pop()
        shape = factor.shape or shape
        c, rest = split(factor)
        coefficient *= c
        if (rest.op == "add" and not rest.args) or rest.op == "zero":
            coefficient = Fraction(0)
        elif rest.op == "mul":
            stack.extend(reversed(rest.args))
        elif rest.op == "pow" and (exponent := value_of(rest.args[1])) is not None:
            found[rest.args[0]] = found.get(rest.args[0], Fraction(0)) + exponent
        elif rest.op != "one":
            found[rest] = found.get(rest, Fraction(0)) + 1
    if not coefficient:
        return combination([], shape)
    kept = [base if e == 1 else power(base, number(e)) for base, e in found.items() if e]
    if shape and not any(factor.shape for factor in kept):
        kept.append(one(shape))
    product = kept[0] if len(kept) == 1 else make("mul", kept, shape=shape) if kept else one()
    return scale(coefficient, product)


def power(base: Node, exponent: Node) -> Node:
    """Return a power, entry by entry."""
    e, b = value_of(exponent), value_of(base)
    if e == 1 or b == 1:
        return base
    if e == 0:
        return one(base.shape)
    if b is not None and e is not None and e.denominator == 1 and b:
        return number(b ** int(e))
    if e is not None and e.denominator == 1:
        if base.op == "one":
            return base
        c, rest = split(base)
        if c != 1 and c:
            return scale(c ** int(e), power(rest, exponent))
        if rest.op == "mul":
            return mul(*(power(factor, exponent) for factor in rest.args))
        if rest.op == "pow" and (inner := value_of(rest.args[1])) is not None:
            return power(rest.args[0], number(inner * e))
    return make("pow", (base, exponent), shape=base.shape)


def function(name: str, argument: Node) -> Node:
    """Return a function of a value, entry by entry."""
    if name == "log" and value_of(argument) == 1:
        return number(0)
    if name == "exp" and (argument.op == "zero" or value_of(argument) == 0):
        return one(argument.shape)
    if name == "sqrt":
        return power(argument, number(Fraction(1, 2)))
    return make("fn", (argument,), (name,), argument.shape)


def transpose(node: Node) -> Node:
    """Return a transposed matrix; the transpose is moved to the symbols."""
    if node.is_number or node.op in ("eye", "diagm", "cinv") or SYMMETRIC & facts_of(node):
        return node
    turned = node.shape[::-1]
    if node.op == "transpose":
        return node.args[0]
    if node.op in ("one", "zero"):
        return make(node.op, shape=turned)
    if node.op in ("add", "mul") and node.is_column:
        return make("transpose", (node,), shape=turned)
    if node.op == "add":
        return make("add", map(transpose, node.args), node.data, turned)
    if node.op == "mul":
        return make("mul", map(transpose, node.args), node.data, turned)
    if node.op == "matmul":
        return matmul(*(transpose(arg) for arg in reversed(node.args)))
    if node.op == "inv":
        return inverse(transpose(node.args[0]))
    if node.op == "where":
        return make("where", (node.args[0], transpose(node.args[1])), shape=turned)
    if node.op == "sum" and not isinstance(node.data[0], int):
        return total(transpose(node.args[0]), node.data[0])
    if node.op == "kron":
        return kronecker(*map(transpose, node.args))
    return make("transpose", (node,), shape=turned)


def inverse(node: Node) -> Node:
    """Return an inverse; those of identities, diagonal matrices, multiples and inverses are read off."""
    if node.is_number:
        return power(node, number(-1))
    if node.op == "eye":
        return node
    if node.op == "inv":
        return node.args[0]
    c, rest = split(node)
    if c != 1:
        return scale(1 / c, inverse(rest))
    if node.op == "diagm":
        return make("diagm", (power(node.args[0], number(-1)),), shape=node.shape)
    numbers, arrays = numbers_of(node)
    if numbers and len(arrays) == 1:
        return mul(*(power(factor, number(-1)) for factor in numbers), inverse(arrays[0]))
    return make("inv", (node,), shape=node.shape)


SYMMETRIC = frozenset({"symmetric", "positive semidefinite", "positive definite", "diagonal"})
"""The facts of a declaration that make a matrix symmetric."""


def facts_of(node: Node) -> frozenset[str]:
    """Return what is declared of a symbol or of the values of a function."""
    place = {"symbol": 1, "call": 2}.get(node.op)
    return frozenset() if place is None else frozenset(node.data[place])


def numbers_of(node: Node) -> tuple[list[Node], list[Node]]:
    """Return the factors of a product that are numbers, and those that are arrays."""
    factors = list(node.args) if node.op == "mul" else [node]
    return [f for f in factors if f.is_number], [f for f in factors if not f.is_number]


def matmul(*factors: Node) -> Node:
    """Return a product of matrices: numbers are moved out, identities left out, products inside opened."""
    numbers: list[Node] = []
    chain: list[Node] = []
    coefficient = Fraction(1)
    stack = list(reversed(factors))
    while stack:
        factor = stack.pop()
        c, rest = split(factor)
        coefficient *= c
        if rest.op == "matmul":
            stack.extend(reversed(rest.args))
            continue
        found, arrays = numbers_of(rest)
        if found and arrays:
            numbers += found
            stack.append(arrays[0] if len(arrays) == 1 else make("mul", arrays, shape=rest.shape))
        elif found:
            numbers += found
        else:
            chain.append(rest)
    shape = (chain[0].shape[0], chain[-1].shape[1]) if chain else ()
    if any(factor.op == "zero" for factor in chain):
        return combination([], shape if shape != (1, 1) else ())
    kept = _without_pairs([factor for factor in chain if factor.op != "eye"])
    if chain and not kept:
        kept = [make("eye", shape=shape)]
    product = _chain(kept)
    return scale(coefficient, mul(*numbers, product) if numbers else product)


def _without_pairs(chain: list[Node]) -> list[Node]:
    """Leave out neighbours A and A⁻¹."""
    kept: list[Node] = []
    for factor in chain:
        if kept and (inverse(kept[-1]) == factor) and kept[-1].shape[0] == kept[-1].shape[1]:
            kept.pop()
        else:
            kept.append(factor)
    return kept


def _chain(chain: list[Node]) -> Node:
    if not chain:
        return one()
    if len(chain) == 1:
        return chain[0]
    if chain[0].op == "one" and chain[0].is_row:
        return total(_chain(chain[1:]), 0)
    if chain[-1].op == "one" and chain[-1].is_column:
        return total(_chain(chain[:-1]), 1)
    shape = (chain[0].shape[0], chain[-1].shape[1])
    return make("matmul", chain, shape=shape)


def total(node: Node, over: Over) -> Node:
    """Return a sum over an axis or a side of the core; numbers are moved out."""
    if isinstance(over, Axis) and over not in node.axes:
        return mul(make("size", data=(over.size,)), node)
    if isinstance(over, int) and (node.is_number or node.shape[over] == 1):
        return node
    if node.op == "add":
        shape = node.shape
        return combination(
            [(c, total(_spread(part, shape, over), over)) for c, part in zip(node.data, node.args, strict=True)],
            reduced(shape, over),
        )
    if isinstance(over, int) and node.op == "mul" and (found := numbers_of(node))[1] == [one(node.shape)]:
        return mul(*found[0], total(one(node.shape), over))
    if isinstance(over, int) and node.op == "one":
        return mul(make("size", data=(node.shape[over],)), one(reduced(node.shape, over)))
    return reduction("sum", node, over)


def _spread(node: Node, shape: tuple[Dim, ...], over: Over) -> Node:
    """Return a number as an array where a side of the array is summed."""
    return node if isinstance(over, Axis) or node.shape == shape else mul(node, one(shape))


def reduced(shape: tuple[Dim, ...], over: Over) -> tuple[Dim, ...]:
    """Return the core shape that a reduction leaves."""
    if isinstance(over, Axis) or not shape:
        return shape
    left = (ONE, shape[1]) if over == 0 else (shape[0], ONE)
    return () if left[0] == 1 and left[1] == 1 else left


def reduction(op: str, node: Node, over: Over) -> Node:
    """Return a reduction."""
    if isinstance(over, int) and (node.is_number or node.shape[over] == 1):
        return node
    axes = tuple(axis for axis in node.axes if axis != over)
    return make(op, (node,), (over,), reduced(node.shape, over), axes)


def dot(left: Node, right: Node) -> Node:
    """Return the sum of the products of entries of two arrays of one shape."""
    if left.is_number:
        return mul(left, right)
    if left.is_column or left.is_row:
        return matmul(left if left.is_row else transpose(left), right if right.is_column else transpose(right))
    return total(total(mul(left, right), 1), 0)


def trace(node: Node) -> Node:
    """Return a trace; that of a product is a sum of products, turned so that vectors meet."""
    if node.is_number:
        return node
    if node.op == "add":
        return combination([(c, trace(part)) for c, part in zip(node.data, node.args, strict=True)], ())
    if node.op == "eye":
        return make("size", data=(node.shape[0],))
    if node.op == "kron":
        return mul(*map(trace, node.args))
    numbers, arrays = numbers_of(node)
    if numbers and len(arrays) == 1:
        return mul(*numbers, trace(arrays[0]))
    if node.op == "matmul":
        return _trace_of(list(node.args))
    if node.op == "transpose":
        return trace(node.args[0])
    return total(diagonal(node), 0)


def _trace_of(chain: list[Node]) -> Node:
    for place, factor in enumerate(chain):
        if factor.is_column:
            return matmul(*chain[place + 1 :], *chain[: place + 1])
    if chain[0].op == "inv" and chain[-1].op != "inv":
        chain = [chain[-1], *chain[:-1]]
    return dot(transpose(chain[0]), matmul(*chain[1:]))


def diagonal(node: Node) -> Node:
    """Return the diagonal of a square matrix, as a column."""
    shape = (node.shape[0], ONE) if node.shape else ()
    if node.is_number:
        return node
    if node.op == "diagm":
        return node.args[0]
    if node.op == "eye":
        return one(shape)
    if node.op == "add":
        parts = zip(node.data, node.args, strict=True)
        return combination([(c, part if part.is_number else diagonal(part)) for c, part in parts], shape)
    if node.op == "mul":
        return mul(*(factor if factor.is_number else diagonal(factor) for factor in node.args))
    if node.op == "matmul":
        left, right = node.args[0], matmul(*node.args[1:])
        return total(mul(left, transpose(right)), 1)
    if node.op == "transpose":
        return diagonal(node.args[0])
    return make("diag", (node,), shape=shape)


def diagonal_matrix(node: Node) -> Node:
    """Return the diagonal matrix of a column."""
    if node.is_number:
        return node
    c, rest = split(node)
    if c != 1:
        return scale(c, diagonal_matrix(rest))
    shape = (node.shape[0], node.shape[0])
    return make("eye", shape=shape) if node.op == "one" else make("diagm", (node,), shape=shape)


def determinant(node: Node) -> Node:
    """Return a determinant; those of products of square matrices, multiples, inverses and powers are taken apart."""
    if node.is_number:
        return node
    if node.op in ("eye", "transpose"):
        return one() if node.op == "eye" else determinant(node.args[0])
    if node.op == "inv":
        return power(determinant(node.args[0]), number(-1))
    if node.op == "matpow":
        return power(determinant(node.args[0]), node.args[1])
    rows = make("size", data=(node.shape[0],))
    c, rest = split(node)
    if c != 1:
        return mul(power(number(c), rows), determinant(rest))
    numbers, arrays = numbers_of(node)
    if numbers and len(arrays) == 1:
        return mul(*(power(factor, rows) for factor in numbers), determinant(arrays[0]))
    if node.op == "matmul" and all(factor.shape == node.shape for factor in node.args):
        return mul(*map(determinant, node.args))
    return make("det", (node,))


def matrix_power(node: Node, exponent: Node) -> Node:
    """Return a power of a square matrix."""
    if node.is_number:
        return power(node, exponent)
    value = value_of(exponent)
    if value is not None and value.denominator == 1 and abs(value) <= 3:
        base = node if value >= 0 else inverse(node)
        return matmul(*[base] * abs(int(value))) if value else make("eye", shape=node.shape)
    return make("matpow", (node, exponent), shape=node.shape)


def vectorised(node: Node) -> Node:
    """Return the columns of a matrix, stacked."""
    if node.is_number or node.is_column:
        return node
    if node.is_row:
        return transpose(node)
    shape = (node.shape[0] * node.shape[1], ONE)
    if node.op == "add":
        return combination([(c, vectorised(p)) for c, p in zip(node.data, node.args, strict=True)], shape)
    return make("vec", (node,), shape=shape)


def kronecker(left: Node, right: Node) -> Node:
    """Return Kronecker's product."""
    if left.is_number or right.is_number:
        return mul(left, right)
    (a, one_), (b, other) = split(left), split(right)
    shape = (left.shape[0] * right.shape[0], left.shape[1] * right.shape[1])
    if one_.op == other.op == "eye":
        return scale(a * b, make("eye", shape=shape))
    if left.is_column and right.is_row:
        return matmul(left, right)
    if left.is_row and right.is_column:
        return matmul(right, left)
    return scale(a * b, make("kron", (one_, other), shape=shape))


def rewritten(node: Node, rule: Callable[[Node], Node], literal: bool = False) -> Node:
    """Return a node with a rule applied to every part, arguments first; ``literal`` keeps the operations as made."""
    done: dict[Node, Node] = {}
    for part in nodes(node):
        args = tuple(done[arg] for arg in part.args)
        same = all(new is old for new, old in zip(args, part.args, strict=True))
        done[part] = rule(part if same else rebuilt(part, args, literal))
    return done[node]


def rebuilt(node: Node, args: tuple[Node, ...], literal: bool = False) -> Node:
    """Return a node with other arguments, by the constructor of its operation unless ``literal``."""
    maker = None if literal else _MAKERS.get(node.op)
    if maker is not None:
        return maker(node, args)
    axes = node.axes if not args or node.op in _OWN_AXES else None
    return make(node.op, args, node.data, node.shape, axes)


_OWN_AXES = frozenset({"contract", "symbol", "index", "entry", "sum", "prod", "max", "lse"})
_MAKERS: dict[str, Callable[[Node, tuple[Node, ...]], Node]] = {
    "add": lambda node, args: combination(zip(node.data, args, strict=True), node.shape),
    "mul": lambda node, args: mul(*args),
    "pow": lambda node, args: power(*args),
    "fn": lambda node, args: function(node.data[0], args[0]),
    "matmul": lambda node, args: matmul(*args),
    "transpose": lambda node, args: transpose(args[0]),
    "inv": lambda node, args: inverse(args[0]),
    "diag": lambda node, args: diagonal(args[0]),
    "diagm": lambda node, args: diagonal_matrix(args[0]),
    "det": lambda node, args: determinant(args[0]),
    "vec": lambda node, args: vectorised(args[0]),
    "kron": lambda node, args: kronecker(*args),
    "matpow": lambda node, args: matrix_power(*args),
    "sum": lambda node, args: total(args[0], node.data[0]),
    "lse": lambda node, args: reduction("lse", args[0], node.data[0]),
    "max": lambda node, args: reduction("max", args[0], node.data[0]),
    "prod": lambda node, args: reduction("prod", args[0], node.data[0]),
}
