"""TRUSTED: terms with their shapes; a term that does not conform cannot be made."""

from __future__ import annotations

import json
from collections.abc import Callable
from fractions import Fraction
from typing import Any

from derive.term.sizes import ONE, Shape, Size, shape_text, size_product, size_sum

INDEX = "index "
"""Before the name of an index among the names of a term."""


class ShapeConflict(ValueError):
    """Arguments that do not conform."""


def _spelled(name: str) -> str:
    """Return a name as it stands in a key: in quotes where it could be read as more than a name."""
    return name if not any(mark in name for mark in ' ()"') else json.dumps(name)


class Term:
    """An operator with arguments.

    ``shape`` is None for a scalar; ``names`` are the names of leaves and free indices (as ``"index n"``); ``height``
    counts nested bound indices in canonical form; ``key`` orders terms.
    """

    __slots__ = ("_hash", "args", "height", "key", "names", "op", "shape")

    names: frozenset[str]
    height: int

    def __init__(self, op: str, args: tuple[Any, ...]) -> None:
        self.op = op
        self.args = args
        self.shape: Shape | None = SHAPES[op](args)
        names: frozenset[str] = _NONE
        height = 0
        keys = [op]
        for arg in args:
            if arg.__class__ is Term:
                keys.append(arg.key)
                if arg.names and not arg.names <= names:
                    names = names | arg.names if names else arg.names
                height = max(height, arg.height)
            else:
                keys.append(_spelled(arg) if arg.__class__ is str else str(arg))
        self.key: str = f"({' '.join(keys)})"
        if op in _NAMED:
            names |= {INDEX + args[0] if op == "ix" else args[0]}
            if op == "ix" and args[0][0] == "%":
                height = int(args[0][1:])
        elif op in BINDERS:
            names -= {INDEX + args[0].args[0]}
        elif op == "at":
            names = (args[2].names - {args[0].args[0]}) | args[1].names
        self.names = names
        self.height = height
        self._hash = hash(self.key)

    def __hash__(self) -> int:
        return self._hash

    def __eq__(self, other: object) -> bool:
        return self is other or (other.__class__ is Term and self.key == other.key)

    def __repr__(self) -> str:
        return self.key

    @property
    def data(self) -> list[Any]:
        """The term as lists, texts and numbers."""
        return [self.op, *(arg.data if isinstance(arg, Term) else _plain(arg) for arg in self.args)]

    def has_index(self, index: Term) -> bool:
        """Whether an index occurs free."""
        return INDEX + index.args[0] in self.names


_NONE: frozenset[str] = frozenset()
_NAMED = frozenset(("s", "M", "m", "MM", "ix"))
BINDERS = frozenset(("sum", "prod"))


def make(op: str, *args: Any) -> Term:
    """Return a term.

    Raises
    ------
    ShapeConflict
        If the arguments do not conform.

    Examples
    --------
    >>> from derive.term import size
    >>> a = make("M", "A", size("m"), size("n"))
    >>> make("tr", make("@", a, make("t", a))).shape is None
    True
    >>> make("@", a, a)
    Traceback (most recent call last):
    derive.term.terms.ShapeConflict: a product of m × n and m × n does not conform
    """
    return Term(op, args)


def number(value: int | Fraction) -> Term:
    """Return a number."""
    return Term("#", (Fraction(value),))


def size_term(value: Size) -> Term:
    """Return a size as a scalar."""
    terms = []
    for names, count in value:
        factors = [Term("s", (name,)) for name in names]
        terms.append(Term("*", (number(count), *factors)) if factors else number(count))
    return terms[0] if len(terms) == 1 else Term("+", tuple(terms)) if terms else number(0)


# -- shapes ------------------------------------------------------------------------------------------------------


def _conflict(text: str, *shapes: Shape | None) -> ShapeConflict:
    return ShapeConflict(text.format(*(shape_text(shape) for shape in shapes)))


def _need(condition: bool, text: str, *shapes: Shape | None) -> None:
    if not condition:
        raise _conflict(text, *shapes)


def _scalars(args: tuple[Any, ...]) -> None:
    for arg in args:
        if arg.shape is not None:
            raise _conflict("a scalar was expected, found {}", arg.shape)


def _array(arg: Term) -> Shape:
    if arg.shape is None:
        raise ShapeConflict("an array was expected, found a scalar")
    return arg.shape


def _square(arg: Term) -> Size:
    rows, cols = _array(arg)
    _need(rows == cols, "{} is not square", arg.shape)
    return rows


def _scalar_of_scalars(args: tuple[Any, ...]) -> None:
    _scalars(args)


def _same(args: tuple[Any, ...]) -> Shape | None:
    first: Shape | None = args[0].shape
    for arg in args[1:]:
        if arg.shape != first:
            raise _conflict("a sum of {} and {} does not conform", first, arg.shape)
    return first


def _same_arrays(args: tuple[Any, ...]) -> Shape:
    _array(args[0])
    found = _same(args)
    assert found is not None
    return found


def _product(args: tuple[Any, ...]) -> Shape:
    rows, cols = _array(args[0])
    for arg in args[1:]:
        shape = _array(arg)
        if shape[0] != cols:
            raise _conflict("a product of {} and {} does not conform", (rows, cols), shape)
        cols = shape[1]
    return rows, cols


def _square_shape(args: tuple[Any, ...]) -> Shape:
    rows = _square(args[0])
    return rows, rows


def _of_square(args: tuple[Any, ...]) -> None:
    _square(args[0])


def _of_array(args: tuple[Any, ...]) -> None:
    _array(args[0])


def _scaled(args: tuple[Any, ...]) -> Shape:
    _scalars(args[:1])
    return _array(args[1])


def _kron(args: tuple[Any, ...]) -> Shape:
    (a, b), (c, d) = _array(args[0]), _array(args[1])
    return size_product(a, c), size_product(b, d)


def _diag(args: tuple[Any, ...]) -> Shape:
    rows, cols = _array(args[0])
    _need(cols == ONE, "diag of {} is not a diagonal matrix: a column vector was expected", args[0].shape)
    return rows, rows


def _blocks(args: tuple[Any, ...]) -> Shape:
    rows, cols, blocks = args[0], args[1], args[2:]
    _need(len(blocks) == rows * cols, "a block matrix lacks blocks")
    shapes = [block.shape or (ONE, ONE) for block in blocks]
    for place, shape in enumerate(shapes):
        fits = shape[0] == shapes[place - place % cols][0] and shape[1] == shapes[place % cols][1]
        _need(fits, "a block of {} does not fit", shape)
    return size_sum(*(shapes[i * cols][0] for i in range(rows))), size_sum(*(shapes[j][1] for j in range(cols)))


def _entry(args: tuple[Any, ...]) -> None:
    _array(args[0])
    _scalars(args[1:])


def _density(args: tuple[Any, ...]) -> None:
    rows = _square(args[2])
    _need(args[0].shape == args[1].shape == (rows, ONE), "a density of {} and {}", args[0].shape, args[1].shape)


def _column(arg: Term) -> Size:
    rows, cols = _array(arg)
    _need(cols == ONE, "a column vector was expected, found {}", arg.shape)
    return rows


def _jacobian(args: tuple[Any, ...]) -> Shape:
    rows, cols = _column(args[0]), _column(args[1])
    return (rows, cols) if args[2] == "numerator" else (cols, rows)


def _variables(args: tuple[Any, ...]) -> None:
    for variable, change in zip(args[::2], args[1::2], strict=True):
        _need(variable.shape == change.shape, "a change of {} for {}", change.shape, variable.shape)


def _at(args: tuple[Any, ...]) -> Shape | None:
    symbol, value, body = args
    family = symbol.op in ("m", "MM")  # every member of the family is renamed; the value is a member of the other
    _need(family == (value.op in ("m", "MM")), "a family at a value that is not one")
    _need(symbol.shape == value.shape, "a value of {} for {}", value.shape, symbol.shape)
    found: Shape | None = body.shape
    return found


def _none(args: tuple[Any, ...]) -> None:
    return None


def _gradient(args: tuple[Any, ...]) -> Shape:
    _scalars(args[:1])
    return args[1].shape or (ONE, ONE)


SHAPES: dict[str, Callable[[tuple[Any, ...]], Shape | None]] = {
    "#": _none, "s": _none, "m": _none, "ix": _none, "size": _none, "true": _none, "cond": _none, "delta": _none,
    "e": _entry, "+": _same, "*": _scalar_of_scalars, "^": _scalar_of_scalars,
    "tr": _of_square, "det": _of_square, "norm": _of_array, "dens": _density,
    "M": lambda a: (a[1], a[2]), "MM": lambda a: (a[1], a[2]), "I": lambda a: (a[0], a[0]),
    "0": lambda a: (a[0], a[1]), "1": lambda a: (a[0], a[1]), "val": lambda a: (a[1], a[2]),
    ".": _scaled, "@": _product, "t": lambda a: _array(a[0])[::-1], "inv": _square_shape, "mp": _square_shape,
    "had": _same_arrays, "kron": _kron, "vec": lambda a: (size_product(*_array(a[0])), ONE), "diag": _diag,
    "dg": lambda a: (_square(a[0]), ONE), "blocks": _blocks, "K": lambda a: (size_product(*a), size_product(*a)),
    "unit": lambda a: (a[1], ONE),
    "sum": lambda a: a[2].shape, "prod": lambda a: a[2].shape, "at": _at,
    "var": _variables, "d": lambda a: a[1].shape, "grad": _gradient, "jac": _jacobian, "part": lambda a: a[0].shape,
    "fun": lambda a: a[2].shape,
}  # fmt: skip


def _plain(arg: Any) -> Any:
    if isinstance(arg, Fraction):
        return {"number": str(arg)}
    if isinstance(arg, tuple):
        return {"size": [[list(names), count] for names, count in arg]}
    return arg
